import { plainRecordEngine } from '../src/engine/plain-record-engine.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { describeRecordEngine } from './record-engine-conformance.js';
import { describeVerification } from './verification-conformance.js';

// The engines of this package; those of seal-crypto and cuda-backend are held to the same suite there.
describeRecordEngine(plainRecordEngine);
describeRecordEngine(() => plainRecordEngine(nodeHashes));
describeVerification(() => plainRecordEngine(nodeHashes));
