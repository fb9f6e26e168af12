import {
  AuditError,
  type LogSource,
  type RecordEngine,
  RecordTable,
  SEVERITIES,
} from '@vram-residency/audit-chain';
import { type VramStory, VramStoryBuilder } from '../story/vram-story.js';
import { Column } from './column.js';
import { lineBatches } from './line-batches.js';
import { type IndexedSegment, type LogIndex, NOT_A_RECORD } from './log-index.js';
import { RecordTimes } from './record-time.js';

/** Most event types that are told apart, so that no log can fill the memory. */
const MAX_TYPES = 4096;
const NO_TYPE = 0;
const OTHER_TYPES = 1;

/** What one reading of a log gives: where its lines are, and what they say of GPU memory. Nothing is verified. */
export interface IndexedLog {
  readonly index: LogIndex;
  readonly story: VramStory;
}

/**
 * Reads a log once and takes down where every line stands.
 *
 * @param onRows told how many rows there are so far
 * @throws whatever the source throws, but for a compressed segment that is corrupt, which counts as one more line
 */
export async function indexLog(
  source: LogSource,
  engine: RecordEngine,
  onRows?: (rows: number) => void,
): Promise<IndexedLog> {
  const builder = new LogIndexBuilder(engine);
  for (const segment of await source.segments()) {
    builder.beginSegment(segment.name);
    try {
      for await (const batch of lineBatches(segment.read(), engine.maxBatchBytes)) {
        if (batch.bytes === undefined) builder.addMalformed(batch.offset, batch.longBytes);
        else builder.addLines(batch.bytes, batch.offset);
        onRows?.(builder.rows);
      }
    } catch (error) {
      if (!(error instanceof AuditError) || error.code !== 'CORRUPT_SEGMENT') throw error;
      builder.addMalformed(0, 0);
    }
  }
  return builder.finish();
}

class LogIndexBuilder {
  readonly #engine: RecordEngine;
  readonly #story = new VramStoryBuilder();
  readonly #segments: IndexedSegment[] = [];
  readonly #offsets = new Column((length) => new Float64Array(length));
  readonly #sizes = new Column((length) => new Uint32Array(length));
  readonly #seqs = new Column((length) => new Float64Array(length));
  readonly #times = new Column((length) => new Float64Array(length));
  readonly #severities = new Column((length) => new Uint8Array(length));
  readonly #types = new Column((length) => new Uint16Array(length));
  readonly #typeNumbers = new Map<string, number>([
    ['(not a record)', NO_TYPE],
    ['(other types)', OTHER_TYPES],
  ]);
  readonly #recordTimes = new RecordTimes();
  readonly #decoder = new TextDecoder();

  constructor(engine: RecordEngine) {
    this.#engine = engine;
  }

  get rows(): number {
    return this.#offsets.length;
  }

  beginSegment(name: string): void {
    this.#segments.push({ name, firstRow: this.rows });
  }

  addMalformed(offset: number, sizeBytes: number): void {
    this.#add(offset, sizeBytes, Number.NaN, Number.NaN, NOT_A_RECORD, NO_TYPE);
  }

  /** @param offset where the lines begin in the segment */
  addLines(bytes: Uint8Array, offset: number): void {
    for (let start = 0; start < bytes.length; ) {
      const rest = bytes.subarray(start);
      const scan = this.#engine.scan(rest);
      this.#addScanned(rest, new RecordTable(scan), offset + start);
      start += scan.consumedBytes;
      if (scan.consumedBytes > 0) continue;
      // The last line of the segment, which lacks its LF.
      this.addMalformed(offset + start, rest.length);
      return;
    }
  }

  finish(): IndexedLog {
    const index = {
      rows: this.rows,
      segments: this.#segments,
      offsets: this.#offsets.finish(),
      sizes: this.#sizes.finish(),
      seqs: this.#seqs.finish(),
      times: this.#times.finish(),
      severities: this.#severities.finish(),
      types: this.#types.finish(),
      typeNames: [...this.#typeNumbers.keys()],
    };
    return { index, story: this.#story.finish() };
  }

  #addScanned(bytes: Uint8Array, table: RecordTable, offset: number): void {
    for (let line = 0; line < table.count; line++) {
      const at = table.lineAt(line);
      const sizeBytes = table.lineBytes(line);
      if (!table.isRecord(line)) {
        this.addMalformed(offset + at, sizeBytes);
        continue;
      }
      const typeAt = table.eventTypeAt(line);
      const type = this.#decoder.decode(bytes.subarray(typeAt, typeAt + table.eventTypeBytes(line)));
      const time = this.#recordTimes.read(bytes, table.timestampAt(line));
      if (VramStoryBuilder.tells(type)) {
        const members = JSON.parse(this.#decoder.decode(bytes.subarray(at, at + sizeBytes)));
        this.#story.add(this.rows, time, type, members);
      }
      const severity = SEVERITIES.indexOf(table.severity(line));
      this.#add(offset + at, sizeBytes, table.seq(line), time, severity, this.#typeNumber(type));
    }
  }

  #typeNumber(type: string): number {
    const known = this.#typeNumbers.get(type);
    if (known !== undefined) return known;
    const number = this.#typeNumbers.size;
    if (number >= MAX_TYPES) return OTHER_TYPES;
    this.#typeNumbers.set(type, number);
    return number;
  }

  #add(offset: number, sizeBytes: number, seq: number, time: number, severity: number, type: number): void {
    this.#offsets.push(offset);
    this.#sizes.push(sizeBytes);
    this.#seqs.push(seq);
    this.#times.push(time);
    this.#severities.push(severity);
    this.#types.push(type);
  }
}
