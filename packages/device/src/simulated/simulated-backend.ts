import { type DigestEngines, defaultEngines } from '@vram-residency/seal-crypto';
import { checkInteger } from '../arguments.js';
import type { Backend, ProbeResult } from '../backend.js';
import type { Device } from '../device.js';
import { DeviceError } from '../device-error.js';
import type { DeviceFacts } from '../device-facts.js';
import { DigestInPlace } from './digest-in-place.js';
import type { FaultHooks } from './fault-hooks.js';
import { FaultPlan } from './fault-plan.js';
import { SimulatedBoard } from './simulated-board.js';
import { SimulatedDevice } from './simulated-device.js';
import { SIMULATED_BACKEND_NAME } from './simulated-facts.js';
import type { SimulatedDeviceOptions } from './simulated-options.js';

/** Options of {@link simulatedBackend}. */
export interface SimulatedBackendOptions {
  /** One entry per device, in the order of their index. Default: one device with every default. */
  readonly devices?: readonly SimulatedDeviceOptions[];
  /** Who computes the digests in place. Default: the engines that run everywhere. */
  readonly engines?: DigestEngines;
}

/** A backend without hardware, and the means to make it fail. */
export interface SimulatedBackend extends Backend {
  readonly faults: FaultHooks;
}

/**
 * Devices in the process's own memory: for development, tests and demonstrations. Their facts always say
 * `simulated: true`, so `vramOnly()` refuses them unless told otherwise, and every seal made on them says so.
 *
 * Capacity and allocations belong to the returned backend: two backends share nothing.
 *
 * @example
 * const backend = simulatedBackend({ devices: [{ capacityBytes: 1024 ** 3 }] });
 * await using device = await backend.open(0);
 * const allocation = await device.allocate(4096);
 */
export function simulatedBackend(options: SimulatedBackendOptions = {}): SimulatedBackend {
  return new Simulation(options);
}

class Simulation implements SimulatedBackend {
  readonly name: string = SIMULATED_BACKEND_NAME;
  readonly faults: FaultHooks;
  readonly #plan: FaultPlan;
  readonly #boards: readonly SimulatedBoard[];
  readonly #digests: DigestInPlace;
  #serial = 0;

  constructor(options: SimulatedBackendOptions) {
    this.#boards = (options.devices ?? [{}]).map((device, index) => new SimulatedBoard(index, device));
    this.#digests = new DigestInPlace(options.engines ?? defaultEngines());
    this.#plan = new FaultPlan(this.#boards);
    this.faults = this.#plan;
  }

  async probe(): Promise<ProbeResult> {
    try {
      this.#plan.begin('probe');
      return { status: 'available' };
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return { status: 'failed', code: error.code, cause: error.message };
    }
  }

  async devices(): Promise<DeviceFacts[]> {
    this.#plan.begin('devices');
    return this.#boards.map((board) => board.facts);
  }

  async open(index: number): Promise<Device> {
    checkInteger(index, 'index', 0);
    const board = this.#boards[index];
    if (board === undefined) {
      throw new DeviceError(
        'NO_SUCH_DEVICE',
        `There is no device ${index}; there are ${this.#boards.length}`,
      );
    }
    this.#plan.begin('open', board);
    const nextSerial = () => {
      this.#serial += 1;
      return this.#serial;
    };
    return new SimulatedDevice(board, this.#plan, this.#digests, nextSerial);
  }
}
