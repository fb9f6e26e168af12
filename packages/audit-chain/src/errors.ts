/** What each stable code of {@link AuditError} means; the table of `docs/errors.md` is made from it. */
export const AUDIT_ERROR_CODES = {
  BUFFER_FULL:
    'The bounded buffer of unwritten records is full; the record was dropped and is counted in events_dropped.',
  DISK_FULL:
    'The disk is full: INFO and WARNING records are dropped and counted in events_dropped, CRITICAL ones go to the reserve.',
  LOG_LOCKED: 'Another writer, in this or another process, holds the log open.',
  LOCK_UNAVAILABLE: 'No kernel lock can be taken on this machine, so a second writer could not be kept out.',
  NETWORK_FILE_SYSTEM:
    'The directory lies on a network file system, where locks and fsync cannot be trusted.',
  LOG_DISABLED: 'Auditing is disabled: nothing is recorded, so nothing becomes durable.',
  SIGNER_FAILED:
    'The signer did not give a valid signature; records go on being written, the checkpoint is tried again.',
  ANCHOR_FAILED:
    'An anchor could not be given a checkpoint: it is down, too slow, or refuses; the newest is tried again.',
  ANCHOR_CONFLICT:
    'An anchor holds a checkpoint that is not the beginning of this log: a restored backup went on, or the log was forged.',
  NOT_ANCHORED: 'The log has no anchor, or was closed before an anchor had a checkpoint over the record.',
  LOG_DAMAGED:
    'The log or its key state does not verify in a way that no crash explains; nothing was touched.',
  LOG_ROLLED_BACK:
    'The log has fewer records than the checkpoint published last: an older backup was restored; nothing was touched.',
  LOG_FORKED:
    'The log has other records than the checkpoint published last: a restored backup went on; nothing was touched.',
  LOG_CLOSED: 'The log was closed; nothing can be written to it any more.',
  RETENTION_FAILED:
    'A closed segment could not be removed or compressed; it stays as it is, and the log goes on.',
  WRITER_FAILED: 'A write or fsync failed; nothing after it is acknowledged. Open the log again to recover.',
  NOT_A_LOG: 'What was given is not a log: neither log.json nor a segment can be read there.',
  UNKNOWN_FORMAT: 'The file log.json or key.state names a format that this version does not know.',
  IDENTITY_CONFLICT: 'The worker id, origin or key given is not the one of the existing log.',
  INVALID_KEY: 'A verifier key, signing key, root key or secret is malformed or too short.',
  INSECURE_KEY_FILE: 'A file that holds a secret can be read by others than its owner.',
  INVALID_NOTE:
    'A signed note or checkpoint does not parse, is of another origin, or carries no valid signature.',
  INVALID_PROOF:
    'A proof does not parse or does not prove what it should, or the log does not match its own checkpoint.',
  NOT_PROVABLE: 'No signed checkpoint of the log covers the record yet, or the record is not there any more.',
  INVALID_SOURCE: 'A segment, file name or range of the log cannot be read as asked.',
  CORRUPT_SEGMENT:
    'A compressed segment does not decompress to a segment: it was changed, cut short, or never was one.',
  EXPORT_CONFLICT:
    'The files of an earlier export are of another log, or are not what the log gives; nothing was overwritten.',
  COMPRESSION_UNSUPPORTED: 'A segment is compressed in a way that this platform cannot decompress.',
} as const;

export type AuditErrorCode = keyof typeof AUDIT_ERROR_CODES;

const RETRIABLE: ReadonlySet<AuditErrorCode> = new Set([
  'BUFFER_FULL',
  'DISK_FULL',
  'LOG_LOCKED',
  'SIGNER_FAILED',
  'ANCHOR_FAILED',
  'RETENTION_FAILED',
]);

/** What to do about each code, one sentence; the command line prints it after the error. */
export const AUDIT_ERROR_REMEDIES: Readonly<Record<AuditErrorCode, string>> = {
  BUFFER_FULL:
    'Emit fewer events at once, await receipts now and then, or choose a flush mode that groups more records.',
  DISK_FULL: 'Free space on the disk of the log and on that of its keys; the writer goes on by itself.',
  LOG_LOCKED: 'Close the other writer, or open a log of your own: one log has one writer.',
  LOCK_UNAVAILABLE: 'Install flock (util-linux, or busybox) and see to it that it is on the PATH.',
  NETWORK_FILE_SYSTEM:
    'Put the log on a local disk and copy or ship it from there, or allow it with the option networkFileSystem.',
  LOG_DISABLED: 'Open an AuditLog in place of disabledAuditLog where records are wanted.',
  SIGNER_FAILED:
    'See to it that the signer answers with the log’s own key; checkpoints follow by themselves once it does.',
  ANCHOR_FAILED:
    'See to it that the anchor can be reached and knows the log and its key; checkpoints follow by themselves.',
  ANCHOR_CONFLICT:
    'Stop this writer, keep its files and what the anchor holds, find the newest copy of the log, and go on with a new log.',
  NOT_ANCHORED: 'Give the log an anchor where records have to be anchored, and wait for them before closing.',
  LOG_DAMAGED:
    'Keep the files as they are, run `audit-chain verify` on a copy, and go on with a new log in another directory.',
  LOG_ROLLED_BACK:
    'Find the newest copy of the log and its keys; if there is none, keep this one and go on with a new log.',
  LOG_FORKED: 'Keep the files, find the copy that the checkpoint is of, and go on with a new log.',
  LOG_CLOSED: 'Open the log again; close it only after the last event.',
  RETENTION_FAILED: 'Look at the cause (permissions, disk full, I/O error), and prune or archive again.',
  WRITER_FAILED:
    'Look at the cause (disk full, read-only, permissions, I/O error), repair it, and open the log again.',
  NOT_A_LOG: 'Give the log’s directory, or one segment file under its own name.',
  UNKNOWN_FORMAT: 'Use the version of this package that the log was written with, or a later one.',
  IDENTITY_CONFLICT: 'Use the worker id and the signer of the existing log, or another directory.',
  INVALID_KEY: 'Give the key exactly as it was handed out, in one line; a secret needs 16 bytes or more.',
  INSECURE_KEY_FILE: 'Run `chmod 600` on the file, and replace the secret if others may have read it.',
  INVALID_NOTE:
    'Give the signed note byte for byte, line ends included, and the verifier key of the same log.',
  INVALID_PROOF:
    'Use the proof file, the record’s exact line and the verifier key of one log; if they are, do not trust the record.',
  NOT_PROVABLE:
    'Wait for the next checkpoint (the writer’s close makes one), or take a copy that still has the record.',
  INVALID_SOURCE:
    'See to it that the path leads to the file that was meant, a regular one, and that this user can read it.',
  CORRUPT_SEGMENT:
    'Take another copy of the file, from a backup, and do not trust what was read of this one.',
  EXPORT_CONFLICT: 'Export into another directory, and find out who changed the files in this one.',
  COMPRESSION_UNSUPPORTED:
    'Decompress the segment first (`zstd -d`, `gunzip`), or read the log with Node 22.15 or later.',
};

/** Every failure of this package that is not a caller's mistake (those are `TypeError` or `RangeError`). */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code: AuditErrorCode;
  /** Whether the same call may succeed later without anything being repaired first. */
  readonly retriable: boolean;

  constructor(code: AuditErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retriable = RETRIABLE.has(code);
  }
}
