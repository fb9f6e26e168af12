import type { Allocation } from '../allocation.js';
import type { DeviceErrorCode } from '../device-error.js';
import type { DeviceFactOverrides } from './simulated-options.js';

/** The operations of the contract, as faults and the trace name them. */
export const OPERATIONS = [
  'probe',
  'devices',
  'open',
  'memory',
  'allocate',
  'write',
  'read',
  'digest',
  'chunkDigests',
  'protect',
  'zero',
  'free',
  'close',
] as const;

/** One of {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/** A call that reached the simulated hardware: its arguments were valid, and its allocation or device was open. */
export interface OperationCall {
  readonly operation: Operation;
  /** The device's index; absent for `probe` and `devices`. */
  readonly device?: number;
  /** Which allocation of the backend, counted from 1 in the order they were made; absent where there is none. */
  readonly allocation?: number;
}

/** A call that is still to come. */
export interface CallMoment {
  /** The operation to count; every operation counts if absent. */
  readonly operation?: Operation;
  /** Which call counted from now, from 1, which is the default. */
  readonly nth?: number;
}

/** A call that shall fail, and how. */
export interface CallFault extends CallMoment {
  readonly code: DeviceErrorCode;
}

/** A bit of an allocation. */
export interface BitFlip {
  /** The byte, from the allocation's start. */
  readonly offset: number;
  /** The bit in that byte, 0 (the least significant, the default) to 7. */
  readonly bit?: number;
}

/** A bit that flips when a call starts. */
export interface BitFlipAtCall extends CallMoment, BitFlip {
  /** Whose bit; if absent, that of the allocation which the call is on (a call on none flips nothing and waits on). */
  readonly allocation?: Allocation;
}

/** How a test makes the simulated hardware fail. Faults act on calls that start after they were planned. */
export interface FaultHooks {
  /**
   * Makes one call fail. `DEVICE_LOST` stays: every later call on that device but `free` and `close` fails too, until
   * {@link restore}. A failed call has no effect.
   */
  failCall(fault: CallFault): void;

  /** Flips one bit of an allocation at once, protected or not, as cosmic rays do. */
  flipBit(allocation: Allocation, flip: BitFlip): void;

  /** Flips one bit when a call starts, before the call does anything. */
  flipBitAtCall(flip: BitFlipAtCall): void;

  /** Changes what the device at `index` reports from now on: `Backend.devices()`, and devices opened later. */
  setFacts(index: number, facts: DeviceFactOverrides): void;

  /** Gives lost devices back and forgets faults that have not happened. */
  restore(): void;

  /** Planned faults and flips that have not happened yet; a test ends with none. */
  readonly pending: number;

  /** The allocations that are not freed, in the order they were made. */
  readonly allocations: readonly Allocation[];

  /** The latest calls, oldest first, at most 10,000. */
  readonly trace: readonly OperationCall[];

  /** How many calls there were, of one operation or of all. */
  calls(operation?: Operation): number;
}
