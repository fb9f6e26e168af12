import { DIGEST_BYTES, type DigestAlgorithm, type TreeAlgorithm } from '../algorithms.js';
import { CHUNK_BYTES } from '../chunks.js';
import type { Hasher } from '../engine.js';
import { SealError } from '../seal-error.js';
import { NATIVE_STATUS } from './native-status.js';
import type { DigestExports } from './wasm-instance.js';

/** The core's numbers of the algorithms (`vram_digest_algorithm`). */
const NUMBERS: Readonly<Record<DigestAlgorithm, number>> = { blake3: 0, 'sha256-fsverity': 1, sha256: 2 };

/** Bytes handed over at a time: they stay in the processor's cache, and calls are few. */
const PIECE_BYTES = CHUNK_BYTES / 2;

/**
 * One instance of the module. Its memory is fixed and holds the state of one hasher; when another goes on, the
 * state is exchanged.
 */
export class WasmDigests {
  readonly #exports: DigestExports;
  readonly #memory: Uint8Array;
  readonly #input: number;
  readonly #output: number;
  /** The hasher whose state the module holds. */
  #current: WasmHasher | undefined;
  /** Bytes at the beginning of the input that are not overwritten. */
  #inputBytes = 0;

  constructor(exports: DigestExports) {
    this.#exports = exports;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#input = exports.input();
    this.#output = exports.output();
  }

  createHasher(algorithm: DigestAlgorithm): Hasher {
    return new WasmHasher(this, algorithm);
  }

  /** The node of the tree over one chunk of an input that is longer than one. */
  chunkNode(algorithm: TreeAlgorithm, chunk: Uint8Array, number: number): Uint8Array {
    this.#put(chunk);
    this.#check(this.#exports.chunkNode(NUMBERS[algorithm], chunk.length, number));
    return this.#result();
  }

  /** Overwrites what the module was last given. */
  wipeInput(): void {
    this.#memory.fill(0, this.#input, this.#input + this.#inputBytes);
    this.#inputBytes = 0;
  }

  begin(hasher: WasmHasher, algorithm: DigestAlgorithm): void {
    this.#current?.park(this.#state());
    this.#current = hasher;
    this.#check(this.#exports.begin(NUMBERS[algorithm]));
  }

  update(hasher: WasmHasher, bytes: Uint8Array): void {
    this.#resume(hasher);
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      const piece = bytes.subarray(offset, offset + PIECE_BYTES);
      this.#put(piece);
      this.#check(this.#exports.update(piece.length));
    }
  }

  /** The digest. The module wipes the state. */
  finish(hasher: WasmHasher): Uint8Array {
    this.#resume(hasher);
    this.#check(this.#exports.finish());
    this.#current = undefined;
    this.wipeInput();
    return this.#result();
  }

  /** Forgets a hasher, and its state if the module holds it. */
  end(hasher: WasmHasher): void {
    this.wipeInput();
    if (this.#current !== hasher) return;
    this.#check(this.#exports.wipe());
    this.#current = undefined;
  }

  #resume(hasher: WasmHasher): void {
    if (this.#current === hasher) return;
    this.#current?.park(this.#state());
    this.#current = hasher;
    hasher.unpark(this.#state());
  }

  #state(): Uint8Array {
    const start = this.#exports.state();
    return this.#memory.subarray(start, start + this.#exports.stateBytes());
  }

  #put(bytes: Uint8Array): void {
    this.#memory.set(bytes, this.#input);
    this.#inputBytes = Math.max(this.#inputBytes, bytes.length);
  }

  #result(): Uint8Array {
    return this.#memory.slice(this.#output, this.#output + DIGEST_BYTES);
  }

  #check(status: number): void {
    if (status === NATIVE_STATUS.OK) return;
    throw new SealError('ENGINE_FAILED', `The digest engine wasm gave status ${status}`);
  }
}

/** A hasher whose state lies in the module, or here while another's does. */
class WasmHasher implements Hasher {
  readonly #digests: WasmDigests;
  #parked: Uint8Array | undefined;

  constructor(digests: WasmDigests, algorithm: DigestAlgorithm) {
    this.#digests = digests;
    digests.begin(this, algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#digests.update(this, bytes);
  }

  digest(): Uint8Array {
    return this.#digests.finish(this);
  }

  destroy(): void {
    this.#digests.end(this);
    this.#wipeParked();
  }

  park(state: Uint8Array): void {
    this.#parked = Uint8Array.from(state);
    state.fill(0);
  }

  unpark(state: Uint8Array): void {
    if (this.#parked !== undefined) state.set(this.#parked);
    this.#wipeParked();
  }

  #wipeParked(): void {
    this.#parked?.fill(0);
    this.#parked = undefined;
  }
}
