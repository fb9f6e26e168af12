import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../bytes.js';
import { MAX_LINE_BYTES } from '../record/record.js';

const LF = 0x0a;

/** A line of a segment, without its LF. */
export interface Line {
  /** The bytes, or `undefined` for a line longer than any record: it is hashed as it comes, never kept. */
  readonly bytes: Uint8Array | undefined;
  /** Leaf hash of a line that is not kept. */
  readonly leaf: Uint8Array | undefined;
  /** Whether an LF ended it. */
  readonly terminated: boolean;
  readonly sizeBytes: number;
}

/** Splits a segment into lines; holds at most one line of a record's size, whatever comes. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const line = new GrowingLine();
  for await (const chunk of chunks) {
    let start = 0;
    for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, start)) {
      line.add(chunk.subarray(start, lf));
      yield line.end(true);
      start = lf + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.sizeBytes > 0) yield line.end(false);
}

class GrowingLine {
  #parts: Uint8Array[] = [];
  #hash: ReturnType<typeof sha256.create> | undefined;
  sizeBytes = 0;

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.sizeBytes += part.length;
    if (this.#hash === undefined && this.sizeBytes <= MAX_LINE_BYTES) {
      // A chunk's buffer may be used again by its source; lines that end within it are handed on before.
      this.#parts.push(Uint8Array.from(part));
      return;
    }
    this.#hash ??= this.#startHash();
    this.#hash.update(part);
  }

  end(terminated: boolean): Line {
    const { sizeBytes } = this;
    const leaf = this.#hash?.digest();
    const [only] = this.#parts;
    const bytes = this.#parts.length === 1 ? only : concatBytes(...this.#parts);
    this.#parts = [];
    this.#hash = undefined;
    this.sizeBytes = 0;
    return { bytes: leaf === undefined ? bytes : undefined, leaf, terminated, sizeBytes };
  }

  #startHash(): ReturnType<typeof sha256.create> {
    const hash = sha256.create().update(Uint8Array.of(0));
    for (const part of this.#parts) hash.update(part);
    this.#parts = [];
    return hash;
  }
}
