import type { Allocation } from '../allocation.js';
import { checkInteger } from '../arguments.js';
import { DEVICE_ERROR_CODES, DeviceError, type DeviceErrorCode } from '../device-error.js';
import {
  type BitFlip,
  type BitFlipAtCall,
  type CallFault,
  type CallMoment,
  type FaultHooks,
  OPERATIONS,
  type Operation,
  type OperationCall,
} from './fault-hooks.js';
import type { SimulatedBoard } from './simulated-board.js';
import type { SimulatedMemory } from './simulated-memory.js';
import type { DeviceFactOverrides } from './simulated-options.js';

const TRACE_CALLS = 10_000;

interface PlannedFault {
  readonly operation: Operation | undefined;
  /** Calls still to come, the one that fails included. */
  remaining: number;
  readonly code: DeviceErrorCode;
}

interface PlannedFlip {
  readonly operation: Operation | undefined;
  remaining: number;
  /** If undefined, the memory that the call is on. */
  readonly memory: SimulatedMemory | undefined;
  readonly flip: BitFlip;
}

/** Counts every call that reaches the simulated hardware and makes planned faults happen. */
export class FaultPlan implements FaultHooks {
  readonly #boards: readonly SimulatedBoard[];
  readonly #live = new Map<Allocation, SimulatedMemory>();
  readonly #counts = new Map<Operation, number>();
  #faults: PlannedFault[] = [];
  #flips: PlannedFlip[] = [];
  #trace: OperationCall[] = [];

  constructor(boards: readonly SimulatedBoard[]) {
    this.#boards = boards;
  }

  get pending(): number {
    return this.#faults.length + this.#flips.length;
  }

  get allocations(): readonly Allocation[] {
    return [...this.#live.keys()];
  }

  get trace(): readonly OperationCall[] {
    return this.#trace.slice(-TRACE_CALLS);
  }

  calls(operation?: Operation): number {
    if (operation !== undefined) return this.#counts.get(operation) ?? 0;
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  failCall(fault: CallFault): void {
    if (!Object.hasOwn(DEVICE_ERROR_CODES, fault.code)) {
      throw new RangeError(`Expected a DeviceErrorCode for code but received ${String(fault.code)}`);
    }
    this.#faults.push({ operation: fault.operation, remaining: callsUntil(fault), code: fault.code });
  }

  flipBit(allocation: Allocation, flip: BitFlip): void {
    this.#memoryOf(allocation).flip(flip);
  }

  flipBitAtCall(flip: BitFlipAtCall): void {
    const memory = flip.allocation === undefined ? undefined : this.#memoryOf(flip.allocation);
    memory?.checkFlip(flip);
    this.#flips.push({ operation: flip.operation, remaining: callsUntil(flip), memory, flip });
  }

  setFacts(index: number, facts: DeviceFactOverrides): void {
    const board = this.#boards[index];
    if (board === undefined) throw new DeviceError('NO_SUCH_DEVICE', `There is no simulated device ${index}`);
    board.setFacts(facts);
  }

  restore(): void {
    for (const board of this.#boards) board.lost = false;
    this.#faults = [];
    this.#flips = [];
  }

  /** Makes an allocation known to the hooks. */
  made(allocation: Allocation, memory: SimulatedMemory): void {
    this.#live.set(allocation, memory);
  }

  /** Forgets a freed allocation, and what was planned for it. */
  freed(allocation: Allocation): void {
    const memory = this.#live.get(allocation);
    this.#live.delete(allocation);
    this.#flips = this.#flips.filter((planned) => planned.memory === undefined || planned.memory !== memory);
  }

  /** A call starts: counts it, flips what is due, and throws if the call shall fail or its device is lost. */
  begin(operation: Operation, board?: SimulatedBoard, memory?: SimulatedMemory): void {
    this.#record(operation, board, memory);
    this.#flipDue(operation, memory);
    const code = this.#dueFault(operation);
    if (code === 'DEVICE_LOST' && board !== undefined) board.lost = true;
    if (code !== undefined)
      throw new DeviceError(code, `The simulated device failed ${operation} as planned`);
    if (board?.lost && operation !== 'free' && operation !== 'close') throw lostError(board);
  }

  #record(operation: Operation, board?: SimulatedBoard, memory?: SimulatedMemory): void {
    this.#counts.set(operation, this.calls(operation) + 1);
    this.#trace.push({
      operation,
      ...(board && { device: board.index }),
      ...(memory && { allocation: memory.serial }),
    });
    if (this.#trace.length >= 2 * TRACE_CALLS) this.#trace = this.#trace.slice(-TRACE_CALLS);
  }

  #flipDue(operation: Operation, called: SimulatedMemory | undefined): void {
    this.#flips = this.#flips.filter((planned) => {
      if (planned.operation !== undefined && planned.operation !== operation) return true;
      const memory = planned.memory ?? called;
      if (planned.remaining > 1 || memory === undefined) {
        planned.remaining = Math.max(1, planned.remaining - 1);
        return true;
      }
      memory.flip(planned.flip);
      return false;
    });
  }

  #dueFault(operation: Operation): DeviceErrorCode | undefined {
    let due: DeviceErrorCode | undefined;
    this.#faults = this.#faults.filter((planned) => {
      if (planned.operation !== undefined && planned.operation !== operation) return true;
      planned.remaining -= 1;
      if (planned.remaining > 0) return true;
      due ??= planned.code;
      return false;
    });
    return due;
  }

  #memoryOf(allocation: Allocation): SimulatedMemory {
    const memory = this.#live.get(allocation);
    if (memory === undefined) {
      throw new DeviceError('ALLOCATION_FREED', 'The allocation was freed, or is not of this backend');
    }
    return memory;
  }
}

/** The error of every call on a lost device. */
export function lostError(board: SimulatedBoard): DeviceError {
  return new DeviceError('DEVICE_LOST', `Device ${board.index} is lost`);
}

function callsUntil(moment: CallMoment): number {
  if (moment.operation !== undefined && !OPERATIONS.includes(moment.operation)) {
    throw new RangeError(`Expected an Operation for operation but received ${String(moment.operation)}`);
  }
  const nth = moment.nth ?? 1;
  checkInteger(nth, 'nth', 1);
  return nth;
}
