import {
  DIGEST_BYTES,
  type RecordEngine,
  type RecordScan,
  recordArguments,
} from '@vram-residency/seal-crypto';
import type { Addon } from './addon.js';
import { addonIfThere } from './load-addon.js';

/** Words of `vram_record`. */
const RECORD_WORDS = 16;
/** Numbers of `vram_stated_hash`. */
const STATED = { prev: 0, mac: 1 } as const;
const NOTHING = new Uint8Array(0);

/**
 * An engine for the records of an audit log over the native core (`RecordEngine` of `@vram-residency/audit-chain`), with
 * tables of its own; `undefined` where the addon is missing. It reads the caller's bytes where they lie.
 */
export function nativeRecordEngine(): RecordEngine | undefined {
  const addon = addonIfThere();
  return addon === undefined ? undefined : new NativeRecordEngine(addon);
}

class NativeRecordEngine implements RecordEngine {
  readonly name = 'native';
  readonly maxBatchBytes = 4_194_304;
  readonly maxBatchRecords = 16_384;
  readonly #addon: Addon;
  readonly #words: Uint32Array;
  readonly #leaves: Uint8Array;
  readonly #macs: Uint8Array;
  #bytes: Uint8Array = NOTHING;
  #count = 0;
  #leafCount = 0;
  #firstMac = 0;
  #macCount = 0;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.#words = new Uint32Array(this.maxBatchRecords * RECORD_WORDS);
    this.#leaves = new Uint8Array(this.maxBatchRecords * DIGEST_BYTES);
    this.#macs = new Uint8Array(this.maxBatchRecords * DIGEST_BYTES);
  }

  scan(bytes: Uint8Array): RecordScan {
    recordArguments.batch(bytes, this.maxBatchBytes);
    const { count, consumedBytes } = this.#addon.scanRecords(bytes, this.#words);
    this.#bytes = bytes;
    this.#count = count;
    this.#leafCount = 0;
    this.#macCount = 0;
    return { count, consumedBytes, words: this.#wordsOf(0, count) };
  }

  leafHashes(): Uint8Array {
    const hashes = table(this.#leaves, 0, this.#count);
    this.#addon.leafHashes(this.#bytes, this.#wordsOf(0, this.#count), hashes);
    this.#leafCount = this.#count;
    return hashes;
  }

  macs(key: Uint8Array, first: number, count: number): Uint8Array {
    recordArguments.key(key);
    recordArguments.lines(first, first + count, 0, this.#count);
    const macs = table(this.#macs, 0, count);
    this.#addon.recordMacs(this.#bytes, this.#wordsOf(first, first + count), key, macs);
    this.#firstMac = first;
    this.#macCount = count;
    return macs;
  }

  firstMismatch(stated: 'prev' | 'mac', first: number, end: number): number {
    const [hashes, start, count] =
      stated === 'prev'
        ? [this.#leaves, 1, this.#leafCount - 1]
        : [this.#macs, this.#firstMac, this.#macCount];
    recordArguments.lines(first, end, start, Math.max(start, start + count));
    const words = this.#wordsOf(first, end);
    const compared = table(hashes, first - start, end - start);
    return first + this.#addon.recordMismatch(STATED[stated], this.#bytes, words, compared);
  }

  merkleLevel(nodes: Uint8Array): Uint8Array {
    recordArguments.nodes(nodes, this.maxBatchRecords);
    const parents = new Uint8Array(nodes.length / 2);
    this.#addon.merkleLevel(nodes, parents);
    return parents;
  }

  wipe(): void {
    this.#bytes = NOTHING;
    this.#words.fill(0);
    this.#leaves.fill(0);
    this.#macs.fill(0);
    this.#count = 0;
    this.#leafCount = 0;
    this.#macCount = 0;
  }

  #wordsOf(first: number, end: number): Uint32Array {
    return this.#words.subarray(first * RECORD_WORDS, end * RECORD_WORDS);
  }
}

function table(hashes: Uint8Array, first: number, end: number): Uint8Array {
  return hashes.subarray(first * DIGEST_BYTES, end * DIGEST_BYTES);
}
