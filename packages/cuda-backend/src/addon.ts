import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';

/** The operations of `vram_operation` (vram/device.h); a test compares them. */
export const OPERATION = {
  MEMORY: 0,
  ALLOCATE: 1,
  WRITE: 2,
  READ: 3,
  DIGEST: 4,
  CHUNK_DIGESTS: 5,
  PROTECT: 6,
  ZERO: 7,
  FREE: 8,
  CLOSE: 9,
} as const;

/** `VRAM_REQUEST_BACKGROUND` (vram/device.h). */
export const REQUEST_BACKGROUND = 1;

/** One of {@link OPERATION}. */
export type Operation = (typeof OPERATION)[keyof typeof OPERATION];

declare const driverBrand: unique symbol;
declare const deviceBrand: unique symbol;

/** A loaded driver, opaque to JavaScript. */
export interface NativeDriver {
  readonly [driverBrand]: true;
}

/** An open device, opaque to JavaScript. */
export interface NativeDevice {
  readonly [deviceBrand]: true;
}

/** What the driver tells of a device; the backend adds its own name. */
export type NativeDeviceFacts = Omit<DeviceFacts, 'backend'>;

/** What an operation tells; which members there are depends on the operation. */
export interface NativeResult {
  readonly totalBytes?: number;
  readonly freeBytes?: number;
  readonly allocation?: number;
  readonly allocatedBytes?: number;
  readonly external?: object;
  readonly facts?: AllocationFacts;
}

/** The functions of the addon. Promises reject with an Error whose `status` is one of `NATIVE_STATUS`. */
export interface Addon {
  openDriver(standIn: string | null): Promise<NativeDriver>;
  devices(driver: NativeDriver): Promise<NativeDeviceFacts[]>;
  openDevice(
    driver: NativeDriver,
    index: number,
  ): Promise<{ readonly device: NativeDevice; readonly facts: NativeDeviceFacts }>;
  /** @param id names the request for `cancel`; no two of a device that are under way have the same */
  submit(
    device: NativeDevice,
    id: number,
    operation: Operation,
    allocation: number,
    offset: number,
    length: number,
    algorithm: number,
    flags: number,
    bytes: Uint8Array | undefined,
  ): Promise<NativeResult>;
  cancel(device: NativeDevice, id: number): void;
  /** Says whether the memory of an `external` may be used. */
  setValid(external: object, valid: boolean): void;
}
