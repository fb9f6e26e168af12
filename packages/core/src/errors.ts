/** What each stable code of {@link VramError} means; the table of `docs/errors.md` is made from it. */
export const VRAM_ERROR_CODES = {
  AUDIT_UNAVAILABLE:
    'A record could not be made durable and the audit mode is `required`: the operation failed and was undone.',
  BACKEND_ABSENT:
    'The backend cannot work on this machine: its driver, its addon or every device is missing; the message says which.',
  DEVICE_FAILED: 'The device or its backend failed; `cause` is the DeviceError.',
  INSUFFICIENT_VRAM:
    'The device, or the budget, has less memory left than the shard needs; `reason` says which.',
  INVALID_SEAL: 'What was presented as a seal is none; `cause` names the member.',
  MANAGER_CLOSED: 'The manager is closed or closing.',
  MODEL_TOO_LARGE: 'The source has more bytes than `maxModelBytes` allows.',
  NOT_ADOPTABLE:
    'What was given is no memory of the device, or not of that size, or the backend adopts none; `cause` says more.',
  NOT_EXPORTABLE: 'The shard was not sealed as `exportable`, or the device cannot make such memory.',
  NO_SUCH_DEVICE: 'The backend has no device of that index.',
  SEAL_REJECTED: 'The content was refused before it was sealed; `reason` says why.',
  SHARD_EXISTS: 'A shard of that id is resident or being sealed.',
  SHARD_IN_USE: 'An execution tried to release a shard, or close the manager, from within its own use of it.',
  SHARD_RELEASED: 'The shard was released, or is being released.',
  SOURCE_NOT_A_FILE: 'The path leads to something that is not a regular file.',
  SOURCE_UNREADABLE: 'The source cannot be opened or read; `cause` says why.',
  UNKNOWN_SHARD: 'The shard was not sealed by this manager.',
  VERIFICATION_FAILED: 'A seal did not verify; `reason` says why. The worker is stopped.',
  VIEW_EXPIRED: 'A view of a shard was used after the execution that it was made for.',
  WORKER_NOT_STOPPED: 'Recovery was asked of a worker that is not stopped.',
  WORKER_STOPPED:
    'The worker is stopped after a failed verification or a policy violation; `recover` it first.',
} as const;

export type VramErrorCode = keyof typeof VRAM_ERROR_CODES;

const RETRIABLE: ReadonlySet<VramErrorCode> = new Set([
  'AUDIT_UNAVAILABLE',
  'INSUFFICIENT_VRAM',
  'SHARD_EXISTS',
]);

/** Options of {@link VramError}. */
export interface VramErrorOptions {
  readonly cause?: unknown;
  readonly reason?: string;
  readonly shardId?: string;
}

/** Every failure of this package that is not a caller's mistake (those are `TypeError` or `RangeError`). */
export class VramError extends Error {
  override readonly name = 'VramError';
  readonly code: VramErrorCode;
  /** Whether the same call may succeed later without anything being repaired first. */
  readonly retriable: boolean;
  /** The `reason` that the record of the failure has, where it has one. */
  readonly reason?: string;
  /** The shard that the failure is about. */
  readonly shardId?: string;

  /** @param message one sentence without any address, key, token or model byte */
  constructor(code: VramErrorCode, message: string, options: VramErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.retriable = RETRIABLE.has(code);
    if (options.reason !== undefined) this.reason = options.reason;
    if (options.shardId !== undefined) this.shardId = options.shardId;
  }
}
