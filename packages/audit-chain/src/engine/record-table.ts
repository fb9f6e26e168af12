import { SEVERITIES, type Severity } from '../record/record.js';
import type { RecordScan } from './record-engine.js';

/** Words of one line: `vram_record` of the native core (vram/records.h), little-endian. */
export const RECORD_WORDS = 16;

/** Where each member stands. Of numbers of 64 bits the lower word comes first. */
export const RECORD_WORD = {
  SEQ: 0,
  EPOCH: 2,
  LINE: 4,
  LINE_BYTES: 5,
  EVENT_TYPE: 6,
  EVENT_TYPE_BYTES: 7,
  WORKER_ID: 8,
  WORKER_ID_BYTES: 9,
  TIMESTAMP: 10,
  PREV: 11,
  MAC: 12,
  SEVERITY: 13,
  STATUS: 14,
} as const;

const HIGH_WORD = 2 ** 32;

/** Reads what a scan found, line by line, without making an object for each. Offsets are into the scanned bytes. */
export class RecordTable {
  readonly count: number;
  readonly #words: Uint32Array;

  constructor({ count, words }: RecordScan) {
    this.count = count;
    this.#words = words;
  }

  /** Whether the line is a record; if not, only its place and length say anything. */
  isRecord(line: number): boolean {
    return this.#word(line, RECORD_WORD.STATUS) === 0;
  }

  /** Where the line begins. */
  lineAt(line: number): number {
    return this.#word(line, RECORD_WORD.LINE);
  }

  /** Its length without the LF. */
  lineBytes(line: number): number {
    return this.#word(line, RECORD_WORD.LINE_BYTES);
  }

  seq(line: number): number {
    return this.#long(line, RECORD_WORD.SEQ);
  }

  epoch(line: number): number {
    return this.#long(line, RECORD_WORD.EPOCH);
  }

  severity(line: number): Severity {
    return SEVERITIES[this.#word(line, RECORD_WORD.SEVERITY)] as Severity;
  }

  /** Where the 27 bytes of the timestamp begin. */
  timestampAt(line: number): number {
    return this.#word(line, RECORD_WORD.TIMESTAMP);
  }

  eventTypeAt(line: number): number {
    return this.#word(line, RECORD_WORD.EVENT_TYPE);
  }

  eventTypeBytes(line: number): number {
    return this.#word(line, RECORD_WORD.EVENT_TYPE_BYTES);
  }

  workerIdAt(line: number): number {
    return this.#word(line, RECORD_WORD.WORKER_ID);
  }

  workerIdBytes(line: number): number {
    return this.#word(line, RECORD_WORD.WORKER_ID_BYTES);
  }

  /** Where the 64 hex digits of `prev` begin. */
  prevAt(line: number): number {
    return this.#word(line, RECORD_WORD.PREV);
  }

  /** Where the 64 hex digits of `mac` begin. */
  macAt(line: number): number {
    return this.#word(line, RECORD_WORD.MAC);
  }

  #word(line: number, word: number): number {
    return this.#words[line * RECORD_WORDS + word] as number;
  }

  #long(line: number, word: number): number {
    return this.#word(line, word) + this.#word(line, word + 1) * HIGH_WORD;
  }
}
