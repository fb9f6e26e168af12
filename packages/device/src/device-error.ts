/** What each stable code of {@link DeviceError} means; the table of `docs/errors.md` is made from it. */
export const DEVICE_ERROR_CODES = {
  OUT_OF_MEMORY: 'The device has too little free memory; the same call may succeed once memory was freed.',
  NO_SUCH_DEVICE: 'No device has that index.',
  DEVICE_CLOSED: 'The device was closed.',
  ALLOCATION_FREED: 'The allocation was freed, or its device closed.',
  READ_ONLY: 'The allocation was protected and refuses writes.',
  DEVICE_LOST: 'The device or its context is gone; only freeing and closing still work.',
  DEVICE_ERROR: 'The device refused or failed an operation for any other reason; see `cause`.',
  NOT_EXPORTABLE:
    'The memory was not allocated as exportable, or the device cannot make memory for other processes.',
  NOT_ADOPTABLE:
    'What was given to adopt is no memory of the device, or not of that size: a file descriptor that is closed or of something else, an external of another device.',
  NOT_OWNED: 'The memory was adopted: who allocated it alone writes and zeroes it.',
  FILE_UNREADABLE: 'The file that was to be loaded cannot be read; see `cause`.',
  UNSUPPORTED_DIGEST: 'The device does not compute that digest in place.',
} as const;

export type DeviceErrorCode = keyof typeof DEVICE_ERROR_CODES;

/** An operation that the device could not do. A caller's mistake is a `TypeError` or a `RangeError` instead. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly code: DeviceErrorCode;
  /** Whether the same call may succeed later without anything being repaired: `OUT_OF_MEMORY` alone. */
  readonly retriable: boolean;

  /** @param message one sentence without any address, key, token or model byte */
  constructor(code: DeviceErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retriable = code === 'OUT_OF_MEMORY';
  }
}
