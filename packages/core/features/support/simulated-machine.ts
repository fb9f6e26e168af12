import {
  type Allocation,
  type Device,
  type DeviceFactOverrides,
  type Operation,
  type SimulatedBackend,
  simulatedBackend,
} from '@vram-residency/device';
import { expect } from 'vitest';
import type { Failure, Gpu, Machine, MachineKind } from './machine.js';
import { ObservedBackend } from './observed-backend.js';

/** The simulated backend, whose own hooks make it fail. */
class SimulatedMachine implements Machine {
  readonly backend: ObservedBackend;
  readonly totalBytes: number;
  readonly #simulated: SimulatedBackend;
  readonly #tenant: Device | undefined;

  constructor(simulated: SimulatedBackend, totalBytes: number, tenant: Device | undefined) {
    this.backend = new ObservedBackend(simulated);
    this.totalBytes = totalBytes;
    this.#simulated = simulated;
    this.#tenant = tenant;
  }

  static async start({ occupiedBytes = 0, ...gpu }: Gpu): Promise<Machine> {
    const simulated = simulatedBackend({ devices: [gpu] });
    const tenant = occupiedBytes > 0 ? await simulated.open(0) : undefined;
    await tenant?.allocate(occupiedBytes);
    return new SimulatedMachine(simulated, gpu.capacityBytes, tenant);
  }

  flipBit(allocation: Allocation, offset: number, bit: number): void {
    this.#simulated.faults.flipBit(this.backend.behind(allocation), { offset, bit });
  }

  failNext(operation: Operation, code: Failure): void {
    this.#simulated.faults.failCall({ operation, code });
  }

  setFacts(facts: DeviceFactOverrides): void {
    this.#simulated.faults.setFacts(0, facts);
  }

  get pending(): number {
    return this.backend.pending + this.#simulated.faults.pending;
  }

  get allocated(): number {
    return this.#simulated.faults.allocations.length - (this.#tenant === undefined ? 0 : 1);
  }

  async end(): Promise<void> {
    await this.#tenant?.close();
    expect(this.#simulated.faults.allocations).toEqual([]);
  }
}

export const simulatedMachine: MachineKind = {
  id: 'simulated',
  name: 'the simulated backend',
  backendName: 'simulated',
  gpuUuid: 'SIM-00000000-0000-4000-8000-000000000000',
  start: SimulatedMachine.start,
};
