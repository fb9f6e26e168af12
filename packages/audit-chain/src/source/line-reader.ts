import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../bytes.js';
import { MAX_LINE_BYTES } from '../record/record.js';

export const LF = 0x0a;
const NOTHING = new Uint8Array();

/** A line of a segment, without its LF. */
export type Line =
  /** `leaf` is its leaf hash, where that is known. */
  | { readonly bytes: Uint8Array; readonly leaf?: Uint8Array }
  /** Longer than any record: it was hashed as it came and never kept. */
  | { readonly bytes?: undefined; readonly leaf: Uint8Array };

/** Splits a segment into lines; holds at most one line of a record's size, whatever comes. */
export class LineReader {
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;
  #hash: ReturnType<typeof sha256.create> | undefined;

  /** The lines that `chunk` completes. Their bytes are valid as long as the chunk's are. */
  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, start)) {
      yield this.#complete(chunk.subarray(start, lf));
      start = lf + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The bytes after the last LF, if there are any. */
  rest(): Line | undefined {
    return this.#sizeBytes === 0 ? undefined : this.#complete(NOTHING);
  }

  #complete(end: Uint8Array): Line {
    if (this.#sizeBytes === 0 && end.length <= MAX_LINE_BYTES) return { bytes: end };
    if (end.length > 0) this.#keep(end);
    const line: Line =
      this.#hash === undefined ? { bytes: concatBytes(...this.#parts) } : { leaf: this.#hash.digest() };
    this.#parts = [];
    this.#sizeBytes = 0;
    this.#hash = undefined;
    return line;
  }

  #keep(part: Uint8Array): void {
    this.#sizeBytes += part.length;
    if (this.#sizeBytes <= MAX_LINE_BYTES) {
      this.#parts.push(new Uint8Array(part)); // a copy: `slice` of a Buffer would be none
      return;
    }
    if (this.#hash === undefined) {
      this.#hash = sha256.create().update(Uint8Array.of(0));
      for (const kept of this.#parts) this.#hash.update(kept);
      this.#parts = [];
    }
    this.#hash.update(part);
  }
}
