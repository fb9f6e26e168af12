import { DIGEST_BYTES } from '../algorithms.js';
import { recordArguments } from '../record-arguments.js';
import type { RecordEngine, RecordScan } from '../record-engine.js';
import { SealError } from '../seal-error.js';
import { instantiate } from './instantiate.js';
import { NATIVE_STATUS } from './native-status.js';
import { RECORD_MODULE } from './record-module.js';

/** What the module exports; see `native/wasm/record_module.cpp`. Numbers are addresses, sizes, counts and statuses. */
export interface RecordExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly input: () => number;
  readonly inputBytes: () => number;
  readonly records: () => number;
  readonly maxRecords: () => number;
  readonly hashes: (table: number) => number;
  readonly key: () => number;
  readonly recordCount: () => number;
  readonly consumedBytes: () => number;
  readonly scan: (sizeBytes: number) => number;
  readonly leafHashes: () => number;
  readonly macs: (first: number, count: number) => number;
  readonly mismatch: (stated: number, first: number, count: number, hashes: number) => number;
  readonly merkleLevel: (pairs: number) => number;
  readonly wipe: () => void;
}

/** Words of `vram_record`. */
const RECORD_WORDS = 16;
/** Numbers of `vram_stated_hash`. */
const STATED = { prev: 0, mac: 1 } as const;
const LEAVES = 0;
const MACS = 1;

/**
 * An engine for the records of an audit log in WebAssembly, with memory of its own that does not grow (6.4 MiB);
 * `undefined` where WebAssembly with vectors of 128 bits may not run.
 */
export function wasmRecordEngine(): RecordEngine | undefined {
  try {
    return new WasmRecordEngine(instantiate(RECORD_MODULE) as RecordExports);
  } catch {
    // The runtime lacks it or forbids it, and says so in its own way; whoever asks has another engine.
    return undefined;
  }
}

/** One instance of the module. */
export class WasmRecordEngine implements RecordEngine {
  readonly name = 'wasm';
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  readonly #exports: RecordExports;
  readonly #memory: Uint8Array;
  #count = 0;
  #leafCount = 0;
  #firstMac = 0;
  #macCount = 0;

  constructor(exports: RecordExports) {
    this.#exports = exports;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.maxBatchBytes = exports.inputBytes();
    this.maxBatchRecords = exports.maxRecords();
  }

  scan(bytes: Uint8Array): RecordScan {
    recordArguments.batch(bytes, this.maxBatchBytes);
    this.#memory.set(bytes, this.#exports.input());
    this.#check(this.#exports.scan(bytes.length));
    this.#count = this.#exports.recordCount();
    this.#leafCount = 0;
    this.#macCount = 0;
    const words = new Uint32Array(this.#memory.buffer, this.#exports.records(), this.#count * RECORD_WORDS);
    return { count: this.#count, consumedBytes: this.#exports.consumedBytes(), words };
  }

  leafHashes(): Uint8Array {
    this.#check(this.#exports.leafHashes());
    this.#leafCount = this.#count;
    return this.#table(LEAVES, this.#count);
  }

  macs(key: Uint8Array, first: number, count: number): Uint8Array {
    recordArguments.key(key);
    recordArguments.lines(first, first + count, 0, this.#count);
    this.#memory.set(key, this.#exports.key());
    // The module wipes the key.
    this.#check(this.#exports.macs(first, count));
    this.#firstMac = first;
    this.#macCount = count;
    return this.#table(MACS, count);
  }

  firstMismatch(stated: 'prev' | 'mac', first: number, end: number): number {
    const [table, start, count] =
      stated === 'prev' ? [LEAVES, 1, this.#leafCount - 1] : [MACS, this.#firstMac, this.#macCount];
    recordArguments.lines(first, end, start, Math.max(start, start + count));
    const hashes = this.#exports.hashes(table) + (first - start) * DIGEST_BYTES;
    return first + this.#exports.mismatch(STATED[stated], first, end - first, hashes);
  }

  merkleLevel(nodes: Uint8Array): Uint8Array {
    recordArguments.nodes(nodes, this.maxBatchRecords);
    this.#memory.set(nodes, this.#exports.hashes(LEAVES));
    this.#leafCount = 0;
    this.#macCount = 0;
    const pairs = nodes.length / (2 * DIGEST_BYTES);
    this.#check(this.#exports.merkleLevel(pairs));
    return this.#table(MACS, pairs);
  }

  wipe(): void {
    this.#exports.wipe();
    this.#count = 0;
    this.#leafCount = 0;
    this.#macCount = 0;
  }

  #table(which: number, count: number): Uint8Array {
    const start = this.#exports.hashes(which);
    return this.#memory.subarray(start, start + count * DIGEST_BYTES);
  }

  #check(status: number): void {
    if (status === NATIVE_STATUS.OK) return;
    throw new SealError('ENGINE_FAILED', `The record engine wasm gave status ${status}`);
  }
}
