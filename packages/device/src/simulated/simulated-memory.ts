import { checkInteger, checkRange } from '../arguments.js';
import { DeviceError } from '../device-error.js';
import type { BitFlip } from './fault-hooks.js';
import type { SimulatedBoard } from './simulated-board.js';

/** The bytes behind one allocation and what may be done with them now. */
export class SimulatedMemory {
  readonly board: SimulatedBoard;
  /** Which allocation of the backend this is, from 1. */
  readonly serial: number;
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readOnly = false;
  #bytes: Uint8Array | undefined;

  /** Takes the board's memory and the process's; takes neither if one of them lacks it. */
  constructor(board: SimulatedBoard, serial: number, sizeBytes: number) {
    this.board = board;
    this.serial = serial;
    this.sizeBytes = sizeBytes;
    this.allocatedBytes = board.take(sizeBytes);
    try {
      this.#bytes = new Uint8Array(sizeBytes);
    } catch (cause) {
      board.giveBack(this.allocatedBytes);
      throw new DeviceError('OUT_OF_MEMORY', `This process cannot hold ${sizeBytes} simulated bytes`, {
        cause,
      });
    }
  }

  get freed(): boolean {
    return this.#bytes === undefined;
  }

  /** The bytes, for reading. */
  get readable(): Uint8Array {
    if (this.#bytes === undefined) throw new DeviceError('ALLOCATION_FREED', 'The allocation was freed');
    return this.#bytes;
  }

  /** The bytes, for writing. */
  get writable(): Uint8Array {
    const bytes = this.readable;
    if (this.readOnly) throw new DeviceError('READ_ONLY', 'The allocation is read-only');
    return bytes;
  }

  /** Throws a RangeError unless there is such a bit. */
  checkFlip({ offset, bit = 0 }: BitFlip): void {
    checkRange({ offset, length: 1 }, this.sizeBytes, 1);
    checkInteger(bit, 'bit', 0);
    if (bit > 7) throw new RangeError(`Expected an integer of at most 7 for bit but received ${bit}`);
  }

  /** Flips a bit, whether the bytes are protected or not. */
  flip(flip: BitFlip): void {
    this.checkFlip(flip);
    const { offset, bit = 0 } = flip;
    const bytes = this.readable;
    bytes[offset] = (bytes[offset] as number) ^ (1 << bit);
  }

  /** Gives the memory back, once. */
  release(): void {
    if (this.#bytes === undefined) return;
    this.#bytes = undefined;
    this.board.giveBack(this.allocatedBytes);
  }
}
