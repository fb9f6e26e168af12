import {
  type AdoptOptions,
  type AdoptSource,
  type AllocateOptions,
  type Allocation,
  checkAdoptSource,
  checkInteger,
  type Device,
  DeviceError,
  type DeviceFacts,
  type DeviceMemory,
} from '@vram-residency/device';
import { type NativeResult, OPERATION, REQUEST_EXPORTABLE } from './addon.js';
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
    const flags = options.exportable === true ? REQUEST_EXPORTABLE : 0;
    const members = { length: sizeBytes, flags };
    return this.#hold(sizeBytes, await this.#requests.submit(OPERATION.ALLOCATE, members, options.signal));
  }

  async adopt(source: AdoptSource, options: AdoptOptions = {}): Promise<Allocation> {
    checkAdoptSource(source);
    options.signal?.throwIfAborted();
    this.#assertOpen();
    if ('external' in source) {
      const { external } = source;
      const made = await this.#requests.submit(OPERATION.ADOPT, { external }, options.signal);
      return this.#hold(made.sizeBytes as number, made, external);
    }
    const { fd, sizeBytes } = source;
    const members = { descriptor: fd, length: sizeBytes };
    return this.#hold(sizeBytes, await this.#requests.submit(OPERATION.IMPORT, members, options.signal));
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hold(sizeBytes: number, made: NativeResult, adopted?: object): CudaAllocation {
    const onFreed = (freed: CudaAllocation) => this.#allocations.delete(freed);
    const allocation = new CudaAllocation(this.#requests, sizeBytes, made, onFreed, adopted);
    // A close that was asked for meanwhile comes after this allocation on the device, and frees it.
    if (this.#closing === undefined) this.#allocations.add(allocation);
    else allocation.freedByClose();
    return allocation;
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
