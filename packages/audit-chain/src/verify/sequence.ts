import { toHex } from '../bytes.js';
import { determinedEpoch } from '../keys/determined-epoch.js';
import { type LogRecord, ZERO_HASH } from '../record/record.js';
import type { Report } from './defect.js';

/** What of a record matters to the next. */
export type PlacedRecord = Pick<LogRecord, 'seq' | 'timestamp' | 'eventType' | 'epoch'>;

/** What follows from the line before: number, `prev`, epoch and time (format page, section 7, steps 4 to 6). */
export class Sequence {
  #expectedSeq = 0;
  #hasBegun = false;
  #prev: string | undefined;
  #last: PlacedRecord | undefined;
  #epoch = 0;
  /** Whether the line before was malformed. */
  #afterMalformed = false;

  /** The number of the record that comes next. */
  get expectedSeq(): number {
    return this.#expectedSeq;
  }

  /** A segment begins; the input's first may begin anywhere. Returns the number of the record that comes next. */
  begin(segmentFirstSeq: number): number {
    if (!this.#hasBegun) this.#expectedSeq = segmentFirstSeq;
    this.#hasBegun = true;
    return this.#expectedSeq;
  }

  /** The last well-formed record. */
  get last(): PlacedRecord | undefined {
    return this.#last;
  }

  /** The well-formed record that is the line before, if it is one. */
  get before(): PlacedRecord | undefined {
    return this.#afterMalformed ? undefined : this.#last;
  }

  /** The epoch of a record of this type after the last one. */
  epochOf(eventType: string): number {
    const lastIsCheckpoint = this.#last?.eventType === 'checkpoint';
    return determinedEpoch({ epoch: this.#epoch, lastIsCheckpoint }, eventType);
  }

  /** @param resumed the tree starts from this record's frontier: its `prev` is taken as given */
  verify(record: LogRecord, resumed: boolean, report: Report): void {
    const isGap = record.seq !== this.#expectedSeq;
    if (isGap) report('SEQUENCE_GAP', `Expected record ${this.#expectedSeq}`);
    if (!resumed) this.#verifyPrev(record, report);
    this.#verifyEpoch(record, isGap || this.#afterMalformed, report);
    if (this.#last !== undefined && record.timestamp < this.#last.timestamp) {
      report('TIMESTAMP_REGRESSION', 'The time is before that of the record before');
    }
  }

  /** After a gap the count goes on from the number found. */
  accept(record: PlacedRecord, leaf: Uint8Array): void {
    this.#expectedSeq = record.seq + 1;
    this.#prev = toHex(leaf);
    this.#last = record;
    this.#afterMalformed = false;
  }

  /** Many records that follow each other as they should; `last` is the last of them. */
  acceptRun(last: PlacedRecord, leaf: Uint8Array): void {
    this.#epoch = last.epoch;
    this.accept(last, leaf);
  }

  /** A malformed line counts as one record. */
  acceptMalformed(leaf: Uint8Array): void {
    this.#expectedSeq++;
    this.#prev = toHex(leaf);
    this.#afterMalformed = true;
  }

  #verifyPrev(record: LogRecord, report: Report): void {
    // Where the input begins in the middle of a log without a frontier (told in step 3) no line before is known.
    const expected = this.#prev ?? (record.seq === 0 ? ZERO_HASH : record.prev);
    if (record.prev !== expected) report('PREV_MISMATCH', 'prev is not the hash of the line before');
  }

  #verifyEpoch(record: LogRecord, mayJump: boolean, report: Report): void {
    const determined = this.#determinedEpoch(record);
    if (record.epoch < determined) report('EPOCH_REGRESSION', `Expected epoch ${determined}`);
    if (record.epoch > determined && !mayJump) report('EPOCH_JUMP', `Expected epoch ${determined}`);
    this.#epoch = Math.max(record.epoch, determined);
  }

  #determinedEpoch(record: LogRecord): number {
    if (record.seq === 0) return 0;
    if (this.#last === undefined) return record.epoch; // the input begins here
    return this.epochOf(record.eventType);
  }
}
