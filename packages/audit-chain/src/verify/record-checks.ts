import { formatVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { type ParsedCheckpoint, parseCheckpoint } from '../note/checkpoint.js';
import { isSignedBy } from '../note/signed-note.js';
import { recordBody } from '../record/encode.js';
import type { LogRecord } from '../record/record.js';
import type { Report } from './defect.js';
import type { EpochKeyChain } from './epoch-key-chain.js';
import type { KnownIdentity } from './log-identity.js';
import type { RecordTree } from './record-tree.js';

/** Step 7: `worker_id`, and `origin` and `vkey` of `log_opened`, are those of this log. */
export function verifyIdentity(
  record: LogRecord,
  known: KnownIdentity,
  givenKey: VerifierKey | undefined,
  report: Report,
): void {
  const isKey = (key: VerifierKey | undefined): boolean =>
    key === undefined || record.members['vkey'] === formatVerifierKey(key);
  const isOwnOpening = (): boolean =>
    record.members['origin'] === known.origin &&
    isKey(known.ownKey) &&
    isKey(givenKey) &&
    (known.ownKey ?? givenKey) !== undefined;
  if (
    (known.workerId !== undefined && record.workerId !== known.workerId) ||
    (record.eventType === 'log_opened' && !isOwnOpening())
  ) {
    report('IDENTITY_MISMATCH', 'The record is of another worker, log or key');
  }
}

/** Step 8: the MAC of the body under the key of the record's own epoch. Returns whether it is right. */
export function verifyMac(record: LogRecord, line: Uint8Array, keys: EpochKeyChain, report: Report): boolean {
  const isRight = keys.key.macHex(recordBody(line)) === record.mac;
  if (!isRight) report('MAC_MISMATCH', 'The MAC is not that of the log’s key');
  return isRight;
}

/** Step 10: a checkpoint is signed by the log's key and states the records before it. Returns whether it is valid. */
export function verifyCheckpoint(
  record: LogRecord,
  origin: string | undefined,
  key: VerifierKey | undefined,
  tree: RecordTree,
  report: Report,
): boolean {
  const { note, tree_size: treeSize } = record.members;
  const checkpoint = typeof note === 'string' ? parsed(note) : undefined;
  if (checkpoint === undefined) {
    report('SIGNATURE_INVALID', 'The note is no checkpoint');
    return false;
  }
  if (checkpoint.origin !== origin) {
    report('SIGNATURE_INVALID', 'The note is of another log');
    return false;
  }
  // Without any key (a segment alone, keyless) no signature can be judged; the checkpoint then covers nothing.
  if (key !== undefined && !isSignedBy(checkpoint.note, key)) {
    report('SIGNATURE_INVALID', 'The note is not signed by the log’s key');
    return false;
  }
  if (treeSize !== record.seq || checkpoint.treeSize !== record.seq || !tree.matches(checkpoint)) {
    report('CHECKPOINT_MISMATCH', 'The checkpoint states other records than these');
    return false;
  }
  return key !== undefined;
}

function parsed(note: string): ParsedCheckpoint | undefined {
  try {
    return parseCheckpoint(note);
  } catch {
    return undefined;
  }
}
