import { CHUNK_BYTES, type DigestAlgorithm, type DigestEngines } from '@vram-residency/seal-crypto';
import type { Allocation, ByteRange, Protection } from '../allocation.js';
import type { AllocationFacts } from '../allocation-facts.js';
import { checkBytes, checkInteger, checkRange } from '../arguments.js';
import { DeviceError } from '../device-error.js';
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
  readonly #engines: DigestEngines;

  constructor(memory: SimulatedMemory, plan: FaultPlan, engines: DigestEngines) {
    this.sizeBytes = memory.sizeBytes;
    this.allocatedBytes = memory.allocatedBytes;
    this.#memory = memory;
    this.#plan = plan;
    this.#engines = engines;
    plan.made(this, memory);
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

  async digest(algorithm: DigestAlgorithm, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const whole = range ?? { offset: 0, length: this.sizeBytes };
    checkRange(whole, this.sizeBytes, 1);
    this.#begin('digest', signal);
    checkInPlaceDigest(algorithm);
    const hasher = this.#engines.createHasher(algorithm);
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
    signal?: AbortSignal,
  ): Promise<Uint8Array[]> {
    const whole = range ?? { offset: 0, length: this.sizeBytes };
    checkChunkRange(whole, this.sizeBytes);
    this.#begin('chunkDigests', signal);
    checkInPlaceDigest(algorithm);
    const digests: Uint8Array[] = [];
    await forEachSlice(whole, signal, (start, end) => {
      const slice = this.#use('readable').subarray(start, end);
      digests.push(
        ...this.#engines.chunkDigests(algorithm, slice, {
          firstChunk: start / CHUNK_BYTES,
          sizeBytes: this.sizeBytes,
        }),
      );
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
    this.#plan.freed(this);
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

/** The trees are computed in place; a sequential digest is not, so that nobody relies on it with a GPU. */
function checkInPlaceDigest(algorithm: DigestAlgorithm): void {
  if (algorithm !== 'blake3' && algorithm !== 'sha256-fsverity') {
    throw new DeviceError('UNSUPPORTED_DIGEST', 'The digest in place is blake3 or sha256-fsverity');
  }
}

function checkChunkRange(range: ByteRange, sizeBytes: number): void {
  checkRange(range, sizeBytes, 1);
  const end = range.offset + range.length;
  checkChunkBoundary(range.offset, 'offset');
  if (end !== sizeBytes) checkChunkBoundary(end, 'offset + length');
}

function checkChunkBoundary(position: number, name: string): void {
  checkInteger(position, name, 0);
  if (position % CHUNK_BYTES !== 0) {
    throw new RangeError(`Expected a multiple of ${CHUNK_BYTES} for ${name} but received ${position}`);
  }
}
