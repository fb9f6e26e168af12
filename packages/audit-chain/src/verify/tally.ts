import type { LogRecord } from '../record/record.js';

/** Most event types that are counted by name, so that no log can fill the memory. */
const MAX_EVENT_TYPES = 4096;

/** What is told of a log beside its defects: counts, first and last, whether it was closed. */
export class Tally {
  readonly #events = new Map<string, number>();
  #first: LogRecord | undefined;
  #last: LogRecord | undefined;
  records = 0;
  checkpoints = 0;
  /** Records of types beyond the first 4096. */
  otherEvents = 0;
  /** Whether `log_closed` is the last record, or followed by its checkpoint only. */
  closed = false;

  get first(): LogRecord | undefined {
    return this.#first;
  }

  get last(): LogRecord | undefined {
    return this.#last;
  }

  /** Number of records of each type. */
  get events(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#events);
  }

  /** @param isValidCheckpoint whether the record is a checkpoint that verifies */
  count(record: LogRecord, isValidCheckpoint: boolean): void {
    const { eventType } = record;
    this.#first ??= record;
    this.#last = record;
    this.records++;
    if (eventType === 'checkpoint') this.checkpoints++;
    this.closed = eventType === 'log_closed' || (this.closed && isValidCheckpoint);
    const known = this.#events.get(eventType);
    if (known === undefined && this.#events.size >= MAX_EVENT_TYPES) this.otherEvents++;
    else this.#events.set(eventType, (known ?? 0) + 1);
  }

  countMalformed(): void {
    this.closed = false;
  }
}
