import type { AuditEvent } from '../event/audit-event.js';
import type { Severity } from '../record/record.js';
import type { ChainEntry } from './record-chain.js';

/** What a receipt becomes. */
export interface Durability {
  readonly seq: number;
  readonly leaf: Uint8Array;
}

/** A record that waits to be written, and the promise of whoever waits for it. */
export class PendingRecord implements ChainEntry {
  readonly eventType: string;
  readonly severity: Severity;
  readonly membersJson: string;
  readonly wallMicros: number;
  readonly durable: Promise<Durability>;
  resolve!: (durability: Durability) => void;
  #reject!: (error: unknown) => void;

  constructor({ type, severity }: AuditEvent, membersJson: string, wallMicros: number) {
    this.eventType = type;
    this.severity = severity;
    this.membersJson = membersJson;
    this.wallMicros = wallMicros;
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
  }

  reject(error: unknown): void {
    this.durable.catch(() => undefined); // ignoring it is allowed
    this.#reject(error);
  }
}

/** Records that are not on disk yet, waiting or being written. */
export const BUFFER_RECORDS = 1000;
/** Of these, slots that only CRITICAL records may take. */
const RESERVED_RECORDS = 64;

/** Records put into the chain before the event loop may run: less than a millisecond's work. */
const SLICE_RECORDS = 64;
/** Their members in UTF-16 units: in UTF-8 they fit the smallest reserve. */
const SLICE_LENGTH = 196_608;

/** The bounded queue between `emit` and the writer. */
export class RecordBuffer {
  readonly #waiting: PendingRecord[] = [];
  #inFlight = 0;
  #dropped = 0;

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether every record that was pushed is on disk, or rejected. */
  get isEmpty(): boolean {
    return this.#waiting.length + this.#inFlight === 0;
  }

  /** Whether records were dropped that no record accounts for yet. */
  get hasDropped(): boolean {
    return this.#dropped > 0;
  }

  /** Whether there is room for a record of that kind. */
  hasRoom(critical: boolean): boolean {
    return this.#waiting.length + this.#inFlight < BUFFER_RECORDS - (critical ? 0 : RESERVED_RECORDS);
  }

  /** Adds a record. A CRITICAL one that finds no room is added all the same: the caller then writes at once. */
  push(record: PendingRecord): void {
    this.#waiting.push(record);
  }

  countDropped(): void {
    this.#dropped++;
  }

  /** Drops what waits but CRITICAL records: there is no room for it. */
  dropUncritical(error: unknown): void {
    for (const record of this.#waiting.splice(0)) {
      if (record.severity === 'CRITICAL') this.#waiting.push(record);
      else {
        this.#dropped++;
        record.reject(error);
      }
    }
  }

  /** Takes the oldest records out, some hundred KiB at most; they count as in flight until {@link landed}. */
  take(): PendingRecord[] {
    let count = 0;
    for (let length = 0; count < SLICE_RECORDS && length <= SLICE_LENGTH; count++) {
      length += this.#waiting[count]?.membersJson.length ?? Number.POSITIVE_INFINITY;
    }
    const taken = this.#waiting.splice(0, count);
    this.#inFlight += taken.length;
    return taken;
  }

  landed(count: number): void {
    this.#inFlight -= count;
  }

  /** Number of records dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Empties the queue; used when nothing can be written any more. */
  rejectAll(error: unknown): void {
    for (const record of this.#waiting.splice(0)) record.reject(error);
  }
}
