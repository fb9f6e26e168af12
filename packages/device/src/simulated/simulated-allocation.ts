import { CHUNK_BYTES, type DigestAlgorithm } from '@vram-residency/seal-crypto';
import type { Allocation, ByteRange, DigestOptions, Protection } from '../allocation.js';
import type { AllocationFacts } from '../allocation-facts.js';
import { checkBytes, checkChunkRange, checkRange } from '../arguments.js';
import { DeviceError } from '../device-error.js';
import type { DigestInPlace } from './digest-in-place.js';
import { type FaultPlan, lostError } from './fault-plan.js';
import { simulatedAllocationFacts } from './simulated-facts.js';
import type { SimulatedMemory } from './simulated-memory.js';
import { forEachSlice } from './slices.js';

/** An allocation in the process's own memory; it has no `external`, for no device pointer exists. */
export class SimulatedAllocation implements Allocation {
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readonly #memory: SimulatedMemory;
  readonly #plan: FaultPlan;
  readonly #digests: DigestInPlace;
  readonly #onFreed: (allocation: SimulatedAllocation) => void;

  constructor(
    memory: SimulatedMemory,
    plan: FaultPlan,
    digests: DigestInPlace,
    onFreed: (allocation: SimulatedAllocation) => void,
  ) {
    this.sizeBytes = memory.sizeBytes;
    this.allocatedBytes = memory.allocatedBytes;
    this.#memory = memory;
    this.#plan = plan;
    this.#digests = digests;
    this.#onFreed = onFreed;
  }

  get facts(): AllocationFacts {
    const { board, readOnly } = this.#memory;
    return simulatedAllocationFacts(board.index, readOnly, board.allocationFacts);
  }

  async write(offset: number, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkBytes(bytes, 'bytes');
    const range = { offset, length: bytes.length };
    checkRange(range, this.sizeBytes, 0);
    this.#begin('write', signal);
    this.#use('writable');
    await forEachSlice(range, signal, (start, end) => {
      this.#use('writable').set(bytes.subarray(start - offset, end - offset), start);
    });
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const range = { offset, length };
    checkRange(range, this.sizeBytes, 0);
    this.#begin('read');
    const copy = new Uint8Array(length);
    await forEachSlice(range, undefined, (start, end) => {
      copy.set(this.#use('readable').subarray(start, end), start - offset);
    });
    return copy;
  }

  async digest(
    algorithm: DigestAlgorithm,
    range?: ByteRange,
    { signal }: DigestOptions = {},
  ): Promise<Uint8Array> {
    const whole = range ?? { offset: 0, length: this.sizeBytes };
    checkRange(whole, this.sizeBytes, 1);
    this.#begin('digest', signal);
    const hasher = this.#digests.createHasher(algorithm);
    try {
      await forEachSlice(whole, signal, (start, end) =>
        hasher.update(this.#use('readable').subarray(start, end)),
      );
      return hasher.digest();
    } finally {
      hasher.destroy();
    }
  }

  async chunkDigests(
    algorithm: DigestAlgorithm,
    range?: ByteRange,
    { signal }: DigestOptions = {},
  ): Promise<Uint8Array[]> {
    const whole = range ?? { offset: 0, length: this.sizeBytes };
    checkChunkRange(whole, this.sizeBytes);
    this.#begin('chunkDigests', signal);
    const digests: Uint8Array[] = [];
    await forEachSlice(whole, signal, (start, end) => {
      const slice = this.#use('readable').subarray(start, end);
      const place = { firstChunk: start / CHUNK_BYTES, sizeBytes: this.sizeBytes };
      digests.push(...this.#digests.chunkDigests(algorithm, slice, place));
    });
    return digests;
  }

  async protect(): Promise<Protection> {
    this.#begin('protect');
    if (!this.#memory.board.canProtect) return 'unsupported';
    this.#memory.readOnly = true;
    return 'read-only';
  }

  async zero(): Promise<void> {
    this.#begin('zero');
    this.#memory.readOnly = false;
    await forEachSlice({ offset: 0, length: this.sizeBytes }, undefined, (start, end) => {
      this.#use('writable').fill(0, start, end);
    });
  }

  async free(): Promise<void> {
    if (this.#memory.freed) return;
    this.#plan.begin('free', this.#memory.board, this.#memory);
    this.#memory.release();
    this.#onFreed(this);
  }

  /** A call starts: freed memory and an aborted signal stop it before it reaches the hardware. */
  #begin(
    operation: 'write' | 'read' | 'digest' | 'chunkDigests' | 'protect' | 'zero',
    signal?: AbortSignal,
  ): void {
    signal?.throwIfAborted();
    if (this.#memory.freed) throw new DeviceError('ALLOCATION_FREED', 'The allocation was freed');
    this.#plan.begin(operation, this.#memory.board, this.#memory);
  }

  /** The bytes for one slice of work, if nothing has happened to them or their device meanwhile. */
  #use(access: 'readable' | 'writable'): Uint8Array {
    const bytes = this.#memory[access];
    if (this.#memory.board.lost) throw lostError(this.#memory.board);
    return bytes;
  }
}
