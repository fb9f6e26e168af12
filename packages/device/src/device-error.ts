/** Every code a {@link DeviceError} carries. Codes are stable: programs decide on them, messages may change. */
export const DEVICE_ERROR_CODES = [
  'OUT_OF_MEMORY',
  'NO_SUCH_DEVICE',
  'DEVICE_CLOSED',
  'ALLOCATION_FREED',
  'READ_ONLY',
  'DEVICE_LOST',
  'DEVICE_ERROR',
  'UNSUPPORTED_DIGEST',
] as const;

/**
 * - `OUT_OF_MEMORY`: the device has too little free memory; the same call may succeed once memory was freed.
 * - `NO_SUCH_DEVICE`: no device has that index.
 * - `DEVICE_CLOSED`: the device was closed.
 * - `ALLOCATION_FREED`: the allocation was freed, or its device closed.
 * - `READ_ONLY`: the allocation was protected and refuses writes.
 * - `DEVICE_LOST`: the device or its context is gone; only freeing and closing still work.
 * - `DEVICE_ERROR`: the device refused or failed an operation for any other reason; see `cause`.
 * - `UNSUPPORTED_DIGEST`: the device does not compute that digest in place.
 */
export type DeviceErrorCode = (typeof DEVICE_ERROR_CODES)[number];

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
