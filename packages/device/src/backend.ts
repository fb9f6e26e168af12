import type { Device } from './device.js';
import type { DeviceErrorCode } from './device-error.js';
import type { DeviceFacts } from './device-facts.js';

/**
 * Whether a backend can work here:
 * - `available`: it can.
 * - `failed`: what it needs is present, but did not work; `cause` says what to repair.
 * - `absent`: what it needs is not present, such as a driver; `cause` says what.
 */
export type ProbeResult =
  | { readonly status: 'available' }
  | { readonly status: 'failed'; readonly code: DeviceErrorCode; readonly cause: string }
  | { readonly status: 'absent'; readonly cause: string };

/** A way to reach devices. Every backend passes the cases of `@vram-residency/device/conformance`. */
export interface Backend {
  /** Stable and lower-case; it is recorded with every seal. */
  readonly name: string;

  /** Says whether the backend can work here. Never rejects. */
  probe(): Promise<ProbeResult>;

  /** Observes all devices anew, in the order of their index. */
  devices(): Promise<DeviceFacts[]>;

  /**
   * Opens a device. Opening it several times gives several handles on the same memory.
   * @throws {RangeError} if `index` is not an integer of at least 0
   * @throws {DeviceError} `NO_SUCH_DEVICE`, `DEVICE_LOST`
   */
  open(index: number): Promise<Device>;
}
