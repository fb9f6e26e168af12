export {
  DIGEST_ALGORITHMS,
  DIGEST_BYTES,
  type DigestAlgorithm,
  isDigestAlgorithm,
  type TreeAlgorithm,
} from './algorithms.js';
export { equalBytes } from './bytes.js';
export { CHUNK_BYTES, type ChunkRange, chunkCount, digestFromChunks } from './chunks.js';
export { defaultEngines } from './default-engines.js';
export { DigestEngines, type EngineCandidate, type EngineInfo } from './digest-engines.js';
export type {
  ByteSource,
  DigestStreamOptions,
  ReadableBytes,
  StreamDigest,
} from './digest-stream.js';
export { formatDigest, type NamedDigest, parseDigest } from './digest-text.js';
export type { ChunkDigester, DigestEngine, Hasher, OpenFile, OpenFileDigester } from './engine.js';
export { fromHex, toHex } from './hex.js';
export { javascriptEngine } from './javascript-engine.js';
export { nobleEngine } from './noble-engine.js';
export { SEAL_FORMAT, sealPreimage } from './preimage.js';
export { recordArguments } from './record-arguments.js';
export type { RecordEngine, RecordScan } from './record-engine.js';
export { SEAL_ERROR_CODES, SealError, type SealErrorCode } from './seal-error.js';
export { isShardId, isWorkerId, type SealFields, validateSealFields } from './seal-fields.js';
export { MIN_TOKEN_BYTES, SealKey } from './seal-key.js';
export { parseSeal, type Seal, type SerializedSeal, serializeSeal } from './serialized-seal.js';
export { wasmEngine } from './wasm/wasm-engine.js';
export { wasmRecordEngine } from './wasm/wasm-record-engine.js';
