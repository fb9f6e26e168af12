import type { AllocationFacts } from '../allocation-facts.js';
import type { DeviceFacts } from '../device-facts.js';

/** Facts that a simulated device reports instead of its own; `undefined` makes a fact unknown. */
export type DeviceFactOverrides = {
  readonly [Fact in Exclude<keyof DeviceFacts, 'index' | 'uuid' | 'backend' | 'simulated'>]?:
    | DeviceFacts[Fact]
    | undefined;
} & { readonly uuid?: string };

/** Facts that simulated allocations report instead of their own; `undefined` makes a fact unknown. */
export type AllocationFactOverrides = {
  readonly [Fact in keyof AllocationFacts]?: AllocationFacts[Fact] | undefined;
};

/** One simulated device. */
export interface SimulatedDeviceOptions {
  /** The device's memory. Default 8 GiB; the process's memory is taken only by what is allocated. */
  readonly capacityBytes?: number;
  /** Allocations take a multiple of this. Default 2 MiB, as CUDA's virtual memory API does. */
  readonly granularityBytes?: number;
  /** Whether `protect` works. Default true. */
  readonly canProtect?: boolean;
  /** What the device reports. It is always simulated, whatever is set here. */
  readonly facts?: DeviceFactOverrides;
  /** What its allocations report. */
  readonly allocationFacts?: AllocationFactOverrides;
}
