import type { Allocation } from '../allocation.js';
import { checkInteger } from '../arguments.js';
import type { AllocateOptions, Device, DeviceMemory } from '../device.js';
import { DeviceError } from '../device-error.js';
import type { DeviceFacts } from '../device-facts.js';
import type { DigestInPlace } from './digest-in-place.js';
import type { FaultPlan } from './fault-plan.js';
import { SimulatedAllocation } from './simulated-allocation.js';
import type { SimulatedBoard } from './simulated-board.js';
import { SimulatedMemory } from './simulated-memory.js';

/** An open handle on a simulated board. */
export class SimulatedDevice implements Device {
  readonly facts: DeviceFacts;
  readonly #board: SimulatedBoard;
  readonly #plan: FaultPlan;
  readonly #digests: DigestInPlace;
  readonly #nextSerial: () => number;
  readonly #allocations = new Map<SimulatedAllocation, SimulatedMemory>();
  #closed = false;

  constructor(board: SimulatedBoard, plan: FaultPlan, digests: DigestInPlace, nextSerial: () => number) {
    this.facts = board.facts;
    this.#board = board;
    this.#plan = plan;
    this.#digests = digests;
    this.#nextSerial = nextSerial;
  }

  async memory(): Promise<DeviceMemory> {
    this.#begin('memory');
    return { totalBytes: this.#board.capacityBytes, freeBytes: this.#board.freeBytes };
  }

  async allocate(sizeBytes: number, options: AllocateOptions = {}): Promise<Allocation> {
    checkInteger(sizeBytes, 'sizeBytes', 1);
    options.signal?.throwIfAborted();
    if (options.exportable === true) {
      throw new DeviceError('NOT_EXPORTABLE', 'Simulated memory is no other process’s');
    }
    this.#begin('allocate');
    const memory = new SimulatedMemory(this.#board, this.#nextSerial(), sizeBytes);
    const allocation = new SimulatedAllocation(memory, this.#plan, this.#digests, (freed) =>
      this.#forget(freed),
    );
    this.#allocations.set(allocation, memory);
    this.#plan.made(allocation, memory);
    return allocation;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#plan.begin('close', this.#board);
    this.#closed = true;
    for (const [allocation, memory] of this.#allocations) {
      memory.release();
      this.#forget(allocation);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #forget(allocation: SimulatedAllocation): void {
    this.#allocations.delete(allocation);
    this.#plan.freed(allocation);
  }

  #begin(operation: 'memory' | 'allocate'): void {
    if (this.#closed) throw new DeviceError('DEVICE_CLOSED', `Device ${this.#board.index} was closed`);
    this.#plan.begin(operation, this.#board);
  }
}
