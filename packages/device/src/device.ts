import type { Allocation } from './allocation.js';
import type { DeviceFacts } from './device-facts.js';
import type { AdoptSource } from './shared-memory.js';

/** A device's memory now, counting every process that uses the device. */
export interface DeviceMemory {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Options of {@link Device.allocate}. */
export interface AllocateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes memory that {@link Allocation.export} can hand to other processes; default false. */
  readonly exportable?: boolean | undefined;
}

/** Options of {@link Device.adopt}. */
export interface AdoptOptions {
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
   * @throws {DeviceError} `OUT_OF_MEMORY`; `NOT_EXPORTABLE` if exportable memory cannot be had
   */
  allocate(sizeBytes: number, options?: AllocateOptions): Promise<Allocation>;

  /**
   * Holds memory that somebody else allocated on this device. Nothing is taken: its `allocatedBytes` are 0, it is never
   * `exclusive`, writing and zeroing it is `NOT_OWNED`, and `free` lets go of it. A file descriptor is mapped read-only
   * where the driver can, and stays open; whether the size is too small only the driver can tell, and may not. Absent
   * where the backend has no such memory.
   * @throws {TypeError} for an `external` without the tag of `vram/external.h`; {RangeError} for a size or a descriptor
   *   that is none
   * @throws {DeviceError} `NOT_ADOPTABLE`; `ALLOCATION_FREED` for an `external` that is no longer valid
   */
  adopt?(source: AdoptSource, options?: AdoptOptions): Promise<Allocation>;

  /** Frees what is still allocated and gives the device back. Closing twice is allowed. */
  close(): Promise<void>;
}
