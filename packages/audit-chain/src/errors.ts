/** What each stable code of {@link AuditError} means; the table of `docs/errors.md` is made from it. */
export const AUDIT_ERROR_CODES = {
  BUFFER_FULL:
    'The bounded buffer of unwritten records is full; the record was dropped and is counted in events_dropped.',
  LOG_LOCKED: 'Another writer, in this or another process, holds the log open.',
  LOCK_UNAVAILABLE: 'No kernel lock can be taken on this machine, so a second writer could not be kept out.',
  NETWORK_FILE_SYSTEM:
    'The directory lies on a network file system, where locks and fsync cannot be trusted.',
  LOG_DISABLED: 'Auditing is disabled: nothing is recorded, so nothing becomes durable.',
  SIGNER_FAILED:
    'The signer did not give a valid signature; records go on being written, the checkpoint is tried again.',
  LOG_DAMAGED:
    'The log or its key state does not verify in a way that no crash explains; nothing was touched.',
  LOG_CLOSED: 'The log was closed; nothing can be written to it any more.',
  WRITER_FAILED: 'A write or fsync failed; nothing after it is acknowledged. Open the log again to recover.',
  NOT_A_LOG: 'What was given is not a log: neither log.json nor a segment can be read there.',
  UNKNOWN_FORMAT: 'log.json or key.state names a format that this version does not know.',
  IDENTITY_CONFLICT: 'The worker id, origin or key given is not the one of the existing log.',
  INVALID_KEY: 'A verifier key, signing key, root key or secret is malformed or too short.',
  INSECURE_KEY_FILE: 'A file that holds a secret can be read by others than its owner.',
  INVALID_NOTE:
    'A signed note or checkpoint does not parse, is of another origin, or carries no valid signature.',
  INVALID_PROOF: 'A proof does not parse or does not prove what it should.',
  INVALID_SOURCE: 'A segment, file name or range of the log cannot be read as asked.',
} as const;

export type AuditErrorCode = keyof typeof AUDIT_ERROR_CODES;

const RETRIABLE: ReadonlySet<AuditErrorCode> = new Set(['BUFFER_FULL', 'LOG_LOCKED', 'SIGNER_FAILED']);

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
