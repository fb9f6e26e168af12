import { toHex } from '../bytes.js';
import type { VerificationResult } from './verify-log.js';

/** The document that `audit-chain verify --json` prints. */
export function toJson(result: VerificationResult): Record<string, unknown> {
  return {
    status: result.status,
    exit_code: result.exitCode,
    origin: result.origin,
    records: result.records,
    first_seq: result.firstSeq,
    last_seq: result.lastSeq,
    segments: result.segments,
    checkpoints: result.checkpoints,
    tree_size: result.treeSize,
    root_hash: toHex(result.rootHash),
    closed: result.closed,
    mac: result.mac,
    key_source: result.keySource,
    tail: result.tail,
    defects: result.defects,
    events: result.events,
  };
}
