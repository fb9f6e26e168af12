import type { LogRecord } from '../record/record.js';
import { EventCounts } from './event-counts.js';
import type { PlacedRecord } from './sequence.js';

/** What is told of a log beside its defects: counts, first and last, whether it was closed. */
export class Tally {
  readonly events: EventCounts = new EventCounts();
  #first: PlacedRecord | undefined;
  #last: PlacedRecord | undefined;
  records = 0;
  checkpoints = 0;
  /** Whether `log_closed` is the last record, or followed by its checkpoint only. */
  closed = false;

  get first(): PlacedRecord | undefined {
    return this.#first;
  }

  get last(): PlacedRecord | undefined {
    return this.#last;
  }

  /** @param isValidCheckpoint whether the record is a checkpoint that verifies */
  count(record: LogRecord, isValidCheckpoint: boolean): void {
    const { eventType } = record;
    this.#first ??= record;
    this.#last = record;
    this.records++;
    if (eventType === 'checkpoint') this.checkpoints++;
    this.closed = eventType === 'log_closed' || (this.closed && isValidCheckpoint);
    this.events.add(eventType);
  }

  /** Records of other types than the log's own; their types have been counted. `last` is the last of them. */
  countRun(records: number, last: PlacedRecord): void {
    this.#last = last;
    this.records += records;
    this.closed = false;
  }

  countMalformed(): void {
    this.closed = false;
  }
}
