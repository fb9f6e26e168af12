import { checkInteger } from '../arguments.js';
import { DeviceError } from '../device-error.js';
import type { DeviceFacts } from '../device-facts.js';
import { simulatedDeviceFacts } from './simulated-facts.js';
import type {
  AllocationFactOverrides,
  DeviceFactOverrides,
  SimulatedDeviceOptions,
} from './simulated-options.js';

const DEFAULT_CAPACITY_BYTES = 8 * 1024 ** 3;
const DEFAULT_GRANULARITY_BYTES = 2 * 1024 ** 2;

/** The hardware that several open devices of one index share: its capacity, what is taken of it, and its facts. */
export class SimulatedBoard {
  readonly index: number;
  readonly capacityBytes: number;
  readonly granularityBytes: number;
  readonly canProtect: boolean;
  readonly allocationFacts: AllocationFactOverrides;
  /** The device was lost: only freeing and closing still work. */
  lost = false;
  #factOverrides: DeviceFactOverrides;
  #takenBytes = 0;

  constructor(index: number, options: SimulatedDeviceOptions) {
    this.index = index;
    this.capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.granularityBytes = options.granularityBytes ?? DEFAULT_GRANULARITY_BYTES;
    checkInteger(this.capacityBytes, 'capacityBytes', 1);
    checkInteger(this.granularityBytes, 'granularityBytes', 1);
    this.canProtect = options.canProtect ?? true;
    this.allocationFacts = options.allocationFacts ?? {};
    this.#factOverrides = options.facts ?? {};
  }

  get facts(): DeviceFacts {
    return simulatedDeviceFacts(this.index, this.capacityBytes, this.#factOverrides);
  }

  get freeBytes(): number {
    return this.capacityBytes - this.#takenBytes;
  }

  setFacts(overrides: DeviceFactOverrides): void {
    this.#factOverrides = { ...this.#factOverrides, ...overrides };
  }

  /** Takes `sizeBytes`, rounded up to the granularity, and returns what it took. */
  take(sizeBytes: number): number {
    const allocatedBytes = Math.ceil(sizeBytes / this.granularityBytes) * this.granularityBytes;
    if (allocatedBytes > this.freeBytes) {
      throw new DeviceError(
        'OUT_OF_MEMORY',
        `Device ${this.index} has ${this.freeBytes} bytes free, too few for ${sizeBytes}`,
      );
    }
    this.#takenBytes += allocatedBytes;
    return allocatedBytes;
  }

  giveBack(allocatedBytes: number): void {
    this.#takenBytes -= allocatedBytes;
  }
}
