import { LF, type Line, LineReader } from './line-reader.js';

/** What comes next of a segment: complete lines together with their LFs, or one line that is not among such. */
export type LineBatch =
  | { readonly lines: Uint8Array; readonly line?: undefined }
  | { readonly lines?: undefined; readonly line: Line };

/**
 * Splits a segment into batches of complete lines, in place: only a line that lies in two pieces is copied, and one that is
 * longer than a batch is hashed as it comes.
 */
export class LineBatches {
  readonly #maxBytes: number;
  readonly #split = new LineReader();
  #isSplit = false;

  /** @param maxBytes most bytes of a batch */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that `chunk` completes, in order. They are valid as long as the chunk is. */
  *push(chunk: Uint8Array): Generator<LineBatch> {
    const end = chunk.lastIndexOf(LF) + 1;
    let start = 0;
    while (start < end) {
      const batch = chunk.subarray(start, Math.min(end, start + this.#maxBytes));
      const complete = this.#isSplit ? 0 : batch.lastIndexOf(LF) + 1;
      if (complete > 0) {
        yield { lines: batch.subarray(0, complete) };
        start += complete;
      } else {
        const next = chunk.indexOf(LF, start) + 1;
        for (const line of this.#split.push(chunk.subarray(start, next))) yield { line };
        this.#isSplit = false;
        start = next;
      }
    }
    if (end < chunk.length) {
      this.#isSplit = true;
      this.#split.push(chunk.subarray(end)).next(); // without an LF there is no line yet
    }
  }

  /** The bytes after the last LF, if there are any. */
  rest(): Line | undefined {
    return this.#split.rest();
  }
}
