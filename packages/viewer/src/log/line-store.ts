import { type LogIndex, segmentOfRow } from './log-index.js';

const MAX_KEPT_LINES = 2000;

/** Reads lines when they are asked for, from the files themselves; keeps the newest few. */
export class LineStore {
  readonly #index: LogIndex;
  readonly #contents: readonly Blob[];
  readonly #kept = new Map<number, Promise<Uint8Array>>();

  /** @param contents the plain bytes of each segment of the index */
  constructor(index: LogIndex, contents: readonly Blob[]) {
    this.#index = index;
    this.#contents = contents;
  }

  /** The line of a row, without its LF. */
  read(row: number): Promise<Uint8Array> {
    const kept = this.#kept.get(row);
    if (kept !== undefined) return kept;
    const reading = this.#read(row);
    this.#kept.set(row, reading);
    if (this.#kept.size > MAX_KEPT_LINES) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as number);
    }
    return reading;
  }

  /** The bytes of many rows, each with an LF, without holding them: pieces of the files. */
  slices(rows: Iterable<number>): Blob[] {
    return [...rows].flatMap((row) => [this.#slice(row), new Blob(['\n'])]);
  }

  async #read(row: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#slice(row).arrayBuffer());
  }

  #slice(row: number): Blob {
    const { offsets, sizes } = this.#index;
    const content = this.#contents[segmentOfRow(this.#index, row)] as Blob;
    const start = offsets[row] as number;
    return content.slice(start, start + (sizes[row] as number));
  }
}
