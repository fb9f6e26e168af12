import type { Allocation } from './allocation.js';
import type { DeviceFacts } from './device-facts.js';

/** A device's memory now, counting every process that uses the device. */
export interface DeviceMemory {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Options of {@link Device.allocate}. */
export interface AllocateOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * An open device. Its owner closes it, or declares it with `await using`.
 *
 * After `close` every method but `close` rejects with `DEVICE_CLOSED`; on a lost device with `DEVICE_LOST`.
 */
export interface Device extends AsyncDisposable {
  /** The facts as observed when the device was opened; {@link Backend.devices} observes anew. */
  readonly facts: DeviceFacts;

  /** The device's memory now. */
  memory(): Promise<DeviceMemory>;

  /**
   * Takes `sizeBytes` of device memory, whose contents are unspecified until written. A call that fails or is aborted
   * takes nothing.
   * @throws {RangeError} if `sizeBytes` is not a safe integer of at least 1
   * @throws {DeviceError} `OUT_OF_MEMORY`
   */
  allocate(sizeBytes: number, options?: AllocateOptions): Promise<Allocation>;

  /** Frees what is still allocated and gives the device back. Closing twice is allowed. */
  close(): Promise<void>;
}
