import { setTimeout as delay } from 'node:timers/promises';
import { EntrySplitter, type LinePlace, type LogEntry } from '../query/query.js';
import { type RecordFilter, recordFilter } from '../query/record-filter.js';
import type { SegmentSource } from '../source/log-source.js';
import { listSegmentFiles } from './open-log.js';
import { openSegmentContent, readSegmentContent } from './segment-content.js';

export interface FollowOptions extends RecordFilter {
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** How often the files are looked at; default 250. */
  readonly pollMs?: number;
  readonly onMalformed?: (place: LinePlace) => void;
}

/**
 * The records of a log's directory that fit a filter: those that are there, then those that come, until the signal
 * ends it. Nothing is verified.
 *
 * @throws `AuditError` `INVALID_SOURCE`, `CORRUPT_SEGMENT`, `COMPRESSION_UNSUPPORTED`
 * @throws TypeError if a severity or a time is none
 */
export async function* followLog(directory: string, options: FollowOptions): AsyncGenerator<LogEntry> {
  const { signal, pollMs = 250 } = options;
  const fits = recordFilter(options);
  let current: FollowedSegment | undefined;
  while (!signal.aborted) {
    // Listed before the newest one is read to its end: whatever follows it then is complete behind us.
    const segments = await listSegmentFiles(directory);
    const from = current?.firstSeq ?? -1;
    for (const segment of segments.filter(({ firstSeq }) => firstSeq >= from)) {
      if (segment.firstSeq !== current?.firstSeq) {
        current = new FollowedSegment(directory, segment, options.onMalformed);
      }
      for await (const entry of current.entries()) {
        if (signal.aborted) return;
        if (fits(entry.record)) yield entry;
      }
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined); // the loop sees that it was ended
  }
}

/** A segment that is read again from the end of its last complete line: a torn one may be cut and written anew. */
class FollowedSegment {
  readonly firstSeq: number;
  readonly #directory: string;
  readonly #name: string;
  readonly #onMalformed: FollowOptions['onMalformed'];
  #position = 0;
  #lines = 0;
  /** A compressed segment does not grow. */
  #isComplete = false;

  constructor(
    directory: string,
    { name, firstSeq }: SegmentSource,
    onMalformed: FollowOptions['onMalformed'],
  ) {
    this.firstSeq = firstSeq;
    this.#name = name;
    this.#directory = directory;
    this.#onMalformed = onMalformed;
  }

  /** The entries that were completed since the last time. */
  async *entries(): AsyncGenerator<LogEntry> {
    if (this.#isComplete) return;
    const content = await openSegmentContent(this.#directory, this.#name);
    const isPlain = content.compression === undefined;
    try {
      if (isPlain && (await content.file.stat()).size === this.#position) return;
      const splitter = new EntrySplitter(this.#name, this.#onMalformed, this.#lines);
      for await (const chunk of readSegmentContent(content, this.#position)) yield* splitter.push(chunk);
      this.#position += splitter.completeBytes;
      this.#lines = splitter.lines;
      this.#isComplete = !isPlain;
    } finally {
      await content.file.close();
    }
  }
}
