import { toHex } from '../src/bytes.js';
import type { RecordEngine } from '../src/engine/record-engine.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { fromBytes } from '../src/source/from-bytes.js';
import type { VerificationResult } from '../src/verify/verification-result.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { type PlainOptions, type PlainVerdict, plainVerify } from './oracle/plain-verifier.js';

/** What both verifiers say of a log, in the same form. */
export interface Verdicts {
  readonly result: VerificationResult;
  readonly verdict: PlainVerdict;
  readonly expected: PlainVerdict;
}

/** Verifies a log with the package and with the plain verifier. */
export async function judge(
  files: ReadonlyMap<string, Uint8Array>,
  options: PlainOptions,
  engine?: RecordEngine,
): Promise<Verdicts> {
  const result = await verifyLog(fromBytes(files), {
    ...options,
    hashes: nodeHashes,
    ...(engine === undefined ? {} : { engine }),
  });
  const verdict = {
    status: result.status,
    records: result.records,
    firstSeq: result.firstSeq,
    lastSeq: result.lastSeq,
    treeSize: result.treeSize,
    rootHash: toHex(result.rootHash),
    tail: result.tail,
    mac: result.mac,
    closed: result.closed,
    defects: result.defects.map(({ reason, segment, line, seq }) => ({ reason, segment, line, seq })),
  };
  return { result, verdict, expected: plainVerify(files, options) };
}
