/** What each stable code of {@link SealError} means; the table of `docs/errors.md` is made from it. */
export const SEAL_ERROR_CODES = {
  MALFORMED_SEAL:
    'A seal, or its fields, is not as the seal format says; `member` names the first wrong member.',
  MALFORMED_DIGEST: 'A text is not a digest.',
  UNSUPPORTED: 'What was asked does not exist for this algorithm, or every engine that has it is forbidden.',
  ENGINE_FAILED: 'An engine did not compute a known digest, and must not be trusted with others.',
  HASHER_FINISHED: 'A hasher was used after `digest()` or `destroy()`.',
  KEY_DESTROYED: 'A seal key was used after `destroy()`.',
  TOKEN_TOO_SHORT: "The worker's token has fewer than 16 bytes.",
  NOT_A_FILE: 'The path leads to something other than a regular file.',
  READ_FAILED: 'The operating system refused to open or read the file; `cause` says why.',
  SOURCE_CHANGED: 'The file changed while it was read, so the digest would be of no state it ever had.',
} as const;

/** What went wrong, stable over versions. */
export type SealErrorCode = keyof typeof SEAL_ERROR_CODES;

const RETRIABLE: ReadonlySet<SealErrorCode> = new Set(['READ_FAILED', 'SOURCE_CHANGED']);

/**
 * The one error class of this package. No message holds a key, a token or a byte of a model. A caller's
 * mistake is a `TypeError` (wrong type) or a `RangeError` (wrong value) instead.
 */
export class SealError extends Error {
  override readonly name: string = 'SealError';
  readonly code: SealErrorCode;
  /** Whether the same call may succeed later, with nothing changed by the caller. */
  readonly retriable: boolean;
  /** With `MALFORMED_SEAL`: the member that is wrong, as the serialised seal writes it. */
  readonly member: string | undefined;

  constructor(code: SealErrorCode, message: string, options: { cause?: unknown; member?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retriable = RETRIABLE.has(code);
    this.member = options.member;
  }
}
