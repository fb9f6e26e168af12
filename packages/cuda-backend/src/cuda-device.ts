import {
  type AllocateOptions,
  type Allocation,
  checkInteger,
  type Device,
  DeviceError,
  type DeviceFacts,
  type DeviceMemory,
} from '@vram-residency/device';
import { OPERATION } from './addon.js';
import { CudaAllocation } from './cuda-allocation.js';
import type { DeviceRequests } from './device-requests.js';

/** An open CUDA device: its primary context is retained until it is closed. */
export class CudaDevice implements Device {
  readonly facts: DeviceFacts;
  readonly #requests: DeviceRequests;
  readonly #allocations = new Set<CudaAllocation>();
  #closing: Promise<void> | undefined;

  constructor(facts: DeviceFacts, requests: DeviceRequests) {
    this.facts = facts;
    this.#requests = requests;
  }

  async memory(): Promise<DeviceMemory> {
    this.#assertOpen();
    const { totalBytes, freeBytes } = await this.#requests.submit(OPERATION.MEMORY, {});
    return { totalBytes: totalBytes as number, freeBytes: freeBytes as number };
  }

  async allocate(sizeBytes: number, options: AllocateOptions = {}): Promise<Allocation> {
    checkInteger(sizeBytes, 'sizeBytes', 1);
    options.signal?.throwIfAborted();
    this.#assertOpen();
    const made = await this.#requests.submit(OPERATION.ALLOCATE, { length: sizeBytes }, options.signal);
    const allocation = new CudaAllocation(this.#requests, sizeBytes, made, (freed) =>
      this.#allocations.delete(freed),
    );
    // A close that was asked for meanwhile comes after this allocation on the device, and frees it.
    if (this.#closing === undefined) this.#allocations.add(allocation);
    else allocation.freedByClose();
    return allocation;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      await this.#requests.submit(OPERATION.CLOSE, {});
    } catch (error) {
      this.#closing = undefined;
      throw error;
    }
    for (const allocation of this.#allocations) allocation.freedByClose();
    this.#allocations.clear();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new DeviceError('DEVICE_CLOSED', `Device ${this.facts.index} was closed`);
    }
  }
}
