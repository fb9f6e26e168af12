import type { ChainEntry } from './record-chain.js';

/** What a receipt becomes. */
export interface Durability {
  readonly seq: number;
  readonly leaf: Uint8Array;
}

/** A record that waits to be written, and whoever waits for it. */
export interface PendingRecord extends ChainEntry {
  readonly resolve: (durability: Durability) => void;
  readonly reject: (error: unknown) => void;
}

/** Records that are not on disk yet, waiting or being written. */
export const BUFFER_RECORDS = 1000;
/** Of these, slots that only CRITICAL records may take. */
const RESERVED_RECORDS = 64;

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

  /** Takes up to `limit` records out, oldest first; they count as in flight until {@link landed}. */
  take(limit: number): PendingRecord[] {
    const taken = this.#waiting.splice(0, limit);
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
