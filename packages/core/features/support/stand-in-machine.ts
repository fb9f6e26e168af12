import { cudaBackend } from '@vram-residency/cuda-backend';
import type { Allocation, DeviceFactOverrides, Operation } from '@vram-residency/device';
import { expect } from 'vitest';
import {
  isBuilt,
  RESOURCES,
  type StandInControl,
  setFacts,
  useStandIn,
} from '../../../cuda-backend/test/stand-in.js';
import type { Failure, Gpu, Machine, MachineKind } from './machine.js';
import { named } from './named.js';
import { ObservedBackend } from './observed-backend.js';
import { allocationFactsOfStandIn, deviceFactsOfStandIn } from './stand-in-facts.js';

/** The driver function without which an operation cannot be done. */
const FUNCTIONS: Readonly<Partial<Record<Operation, string>>> = {
  open: 'cuDevicePrimaryCtxRetain',
  memory: 'cuMemGetInfo',
  allocate: 'cuMemCreate',
  write: 'cuMemcpyHtoDAsync',
  digest: 'cuLaunchKernel',
  protect: 'cuMemSetAccess',
  zero: 'cuMemsetD8Async',
  free: 'cuMemUnmap',
  close: 'cuDevicePrimaryCtxRelease',
};

/** How often the backend tries that function before an operation has failed, where it is more than once. */
const TRIES: Readonly<Partial<Record<Operation, number>>> = { close: 2 };

/** CUDA_ERROR_UNKNOWN, CUDA_ERROR_ECC_UNCORRECTABLE, CUDA_ERROR_OUT_OF_MEMORY. */
const RESULTS: Readonly<Record<Failure, number>> = {
  DEVICE_ERROR: 999,
  DEVICE_LOST: 214,
  OUT_OF_MEMORY: 2,
};

/** The CUDA backend over the stand-in for its driver: it is the driver's functions that fail. */
class StandInMachine implements Machine {
  readonly backend: ObservedBackend = new ObservedBackend(cudaBackend());
  readonly totalBytes: number;
  readonly #control: StandInControl;
  readonly #gpu: Gpu;
  readonly #heldBefore: Readonly<Record<string, number>>;
  #lost = false;

  constructor(control: StandInControl, gpu: Gpu, totalBytes: number) {
    this.#control = control;
    this.#gpu = gpu;
    this.totalBytes = totalBytes;
    this.#heldBefore = this.#held();
    this.setFacts(gpu.facts ?? {});
  }

  static async start(gpu: Gpu): Promise<Machine> {
    const control = useStandIn();
    control.restore();
    setFacts({ total_bytes: gpu.capacityBytes });
    // What the backend keeps for its own work on an open device is not for its users.
    await using device = await cudaBackend().open(0);
    const { totalBytes, freeBytes } = await device.memory();
    await device.close();
    return new StandInMachine(control, gpu, gpu.capacityBytes + totalBytes - freeBytes);
  }

  flipBit(allocation: Allocation, offset: number, bit: number): void {
    const { external } = this.backend.behind(allocation);
    expect(this.#control.flipBitOf(external as object, offset, bit)).toBe(true);
  }

  failNext(operation: Operation, failure: Failure): void {
    const functionName = named(FUNCTIONS, operation) as string;
    const lost = failure === 'DEVICE_LOST';
    // Other operations may call the function before.
    this.backend.beforeNext(operation, () => {
      const tries = TRIES[operation] ?? 1;
      for (let i = 0; i < tries; i++) this.#control.fail(functionName, 1, RESULTS[failure], lost);
      this.#lost ||= lost;
    });
  }

  setFacts(facts: DeviceFactOverrides): void {
    const { allocationFacts = {}, canProtect = true, occupiedBytes = 0 } = this.#gpu;
    setFacts({
      total_bytes: this.totalBytes,
      occupied_bytes: occupiedBytes,
      read_only_access: Number(canProtect),
      ...allocationFactsOfStandIn(allocationFacts),
      ...deviceFactsOfStandIn(facts),
    });
  }

  get pending(): number {
    return this.backend.pending + this.#control.pending();
  }

  get allocated(): number {
    return this.#control.held('mappings') - (this.#heldBefore['mappings'] as number);
  }

  async end(): Promise<void> {
    // Nothing can be given back to a device that is lost: what it held is gone with it.
    if (!this.#lost) expect(this.#held()).toEqual(this.#heldBefore);
    expect(this.#control.violations()).toBe(0);
    this.#control.restore();
  }

  #held(): Record<string, number> {
    const counts = RESOURCES.map((resource) => [resource, this.#control.held(resource)]);
    return { ...Object.fromEntries(counts), bytes: this.#control.usedBytes() };
  }
}

export const standInMachine: MachineKind = {
  id: 'stand-in',
  name: 'the CUDA backend on the stand-in driver',
  backendName: 'cuda',
  gpuUuid: 'GPU-7374616e-642d-696e-0000-000000000000',
  missing: isBuilt ? undefined : 'the CUDA addon and the stand-in for its driver are not built',
  start: StandInMachine.start,
};
