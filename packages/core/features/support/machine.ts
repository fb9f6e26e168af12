import type {
  Allocation,
  DeviceErrorCode,
  DeviceFactOverrides,
  Operation,
  SimulatedDeviceOptions,
} from '@vram-residency/device';
import type { ObservedBackend } from './observed-backend.js';

/** How the GPU of a scenario is; what is left out is as of a healthy one. */
export interface Gpu extends Omit<SimulatedDeviceOptions, 'capacityBytes' | 'granularityBytes'> {
  /** What the first worker finds to be free where nobody else holds memory. */
  readonly capacityBytes: number;
  /** Bytes of GPU memory that another process holds. */
  readonly occupiedBytes?: number;
}

/** How a call of the GPU fails. */
export type Failure = Extract<DeviceErrorCode, 'DEVICE_ERROR' | 'DEVICE_LOST' | 'OUT_OF_MEMORY'>;

/** The machine under a scenario's workers: one GPU, and what happens to hardware. */
export interface Machine {
  /** What the workers are given. */
  readonly backend: ObservedBackend;
  /** All memory of the GPU, used or free. */
  readonly totalBytes: number;
  /** Flips one bit of an allocation at once, protected or not, as cosmic rays do. */
  flipBit(allocation: Allocation, offset: number, bit: number): void;
  /** Makes the next call of an operation fail; after `DEVICE_LOST` every later call fails too. */
  failNext(operation: Operation, failure: Failure): void;
  /** Changes what the GPU reports from now on. */
  setFacts(facts: DeviceFactOverrides): void;
  /** Failures that were planned and have not happened. */
  readonly pending: number;
  /** How many allocations the GPU itself counts. */
  readonly allocated: number;
  /** Every worker has closed: throws if the GPU still holds anything for one of them, and lets the machine go. */
  end(): Promise<void>;
}

/** A kind of machine that all features run over. */
export interface MachineKind {
  /** How projects of vitest and tags of scenarios name it. */
  readonly id: string;
  readonly name: string;
  /** The name of its backend, as records state it. */
  readonly backendName: string;
  readonly gpuUuid: string;
  /** What is missing here to run over it. */
  readonly missing?: string | undefined;
  start(gpu: Gpu): Promise<Machine>;
}
