import { decodeRecord } from '../record/decode.js';
import type { LogRecord } from '../record/record.js';
import { LF, LineReader } from '../source/line-reader.js';
import type { LogSource } from '../source/log-source.js';
import { type RecordFilter, recordFilter } from './record-filter.js';

/** Where a line stands. */
export interface LinePlace {
  /** Name of the segment's file. */
  readonly segment: string;
  /** Counts from 1. */
  readonly line: number;
}

/** A record, and where it stands. */
export interface LogEntry extends LinePlace {
  readonly record: LogRecord;
  /** The line without its LF, byte for byte. */
  readonly bytes: Uint8Array;
}

export interface QueryOptions extends RecordFilter {
  /** Most entries that are given. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Told of lines that are no record; they are passed over. */
  readonly onMalformed?: (place: LinePlace) => void;
}

/**
 * The records of a log that fit a filter, in the order of the log. Nothing is verified: run `verifyLog` as well.
 *
 * @throws TypeError if a severity, a time or the limit is none; whatever the source throws; the signal's reason
 */
export async function* query(source: LogSource, options: QueryOptions = {}): AsyncGenerator<LogEntry> {
  const { limit = Number.POSITIVE_INFINITY, signal, onMalformed } = options;
  const fits = recordFilter(options);
  if (!(limit >= 0)) throw new TypeError('Expected limit to be a number of entries');
  let left = limit;
  for (const segment of left > 0 ? await source.segments() : []) {
    const splitter = new EntrySplitter(segment.name, onMalformed);
    for await (const chunk of segment.read()) {
      signal?.throwIfAborted();
      for (const entry of splitter.push(chunk)) {
        if (!fits(entry.record)) continue;
        yield entry;
        left--;
        if (left <= 0) return;
      }
    }
  }
}

/** Turns the bytes of one segment into entries. */
export class EntrySplitter {
  readonly #segment: string;
  readonly #onMalformed: ((place: LinePlace) => void) | undefined;
  readonly #lines = new LineReader();
  #line: number;
  #readBytes = 0;
  #completeBytes = 0;

  /** @param linesBefore number of lines of the segment that come before the first byte pushed */
  constructor(segment: string, onMalformed?: (place: LinePlace) => void, linesBefore = 0) {
    this.#segment = segment;
    this.#onMalformed = onMalformed;
    this.#line = linesBefore;
  }

  /** Number of lines completed, those before included. */
  get lines(): number {
    return this.#line;
  }

  /** Number of bytes pushed up to the end of the last complete line. */
  get completeBytes(): number {
    return this.#completeBytes;
  }

  /** The entries that `chunk` completes; a line without its LF is not one yet. */
  *push(chunk: Uint8Array): Generator<LogEntry> {
    for (const { bytes } of this.#lines.push(chunk)) {
      this.#line++;
      const place = { segment: this.#segment, line: this.#line };
      const record = bytes && decodeRecord(bytes).record;
      if (record === undefined) this.#onMalformed?.(place);
      else yield { ...place, record, bytes: new Uint8Array(bytes as Uint8Array) };
    }
    const lastLf = chunk.lastIndexOf(LF);
    if (lastLf >= 0) this.#completeBytes = this.#readBytes + lastLf + 1;
    this.#readBytes += chunk.length;
  }
}
