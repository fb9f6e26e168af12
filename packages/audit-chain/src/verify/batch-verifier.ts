import { utf8 } from '../bytes.js';
import type { RecordEngine } from '../engine/record-engine.js';
import { RecordTable } from '../engine/record-table.js';
import { MAX_LINE_BYTES } from '../record/record.js';
import type { EpochKeyChain } from './epoch-key-chain.js';
import type { EventCount } from './event-counts.js';
import type { RecordVerifier } from './record-verifier.js';

const HASH_BYTES = 32;
const TIMESTAMP_BYTES = 27;

/** Types that mean more to a verifier than that a record is there. */
const OWN_TYPES: ReadonlySet<string> = new Set([
  'log_opened',
  'log_closed',
  'segment_opened',
  'checkpoint',
  'segments_pruned',
]);

/** What a {@link BatchVerifier} works with. */
export interface BatchVerifierParts {
  readonly engine: RecordEngine;
  readonly verifier: RecordVerifier;
  /** MAC keys, if a root key is given; those of the verifier. */
  readonly keys: EpochKeyChain | undefined;
  /** That of every record, if it is known. */
  readonly workerId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Verifies many lines at a time. Runs of records of no special type that have no defect are accepted by what the engine
 * found; every other line goes to the {@link RecordVerifier}, and so does the first of each batch: what comes before it
 * the engine does not know.
 *
 * Between its awaits it leaves nothing in the engine: several verifications may share one.
 */
export class BatchVerifier {
  readonly #parts: BatchVerifierParts;
  readonly #workerId: Uint8Array | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #records = new RecordTable({ count: 0, consumedBytes: 0, words: new Uint32Array() });
  #leaves: Uint8Array = new Uint8Array();
  /** By line: whether it is no record, or `prev` or `mac` is not what was computed. */
  #isWrong: Uint8Array = new Uint8Array();
  /** Up to which line MACs have been compared. */
  #macEnd = 0;

  constructor(parts: BatchVerifierParts) {
    this.#parts = parts;
    this.#workerId = parts.workerId === undefined ? undefined : utf8(parts.workerId);
  }

  /** @param lines complete lines of one segment with their LFs; no more bytes than the engine takes */
  async verify(lines: Uint8Array): Promise<void> {
    for (let at = 0; at < lines.length; ) {
      const rest = lines.subarray(at);
      at += this.#begin(rest);
      for (let line = 0; line < this.#records.count; line++) {
        if (line > 0) line = await this.#acceptRun(line);
        if (line < this.#records.count) await this.#verifyLine(line);
      }
    }
  }

  /** Takes the next lines, as many as the engine has room for; returns their bytes. */
  #begin(bytes: Uint8Array): number {
    const { engine } = this.#parts;
    const scan = engine.scan(bytes);
    this.#bytes = bytes;
    this.#records = new RecordTable(scan);
    this.#leaves = new Uint8Array(engine.leafHashes());
    this.#isWrong = new Uint8Array(scan.count);
    this.#macEnd = 0;
    this.#markMismatches('prev', 1, scan.count);
    return scan.consumedBytes;
  }

  #markMismatches(stated: 'prev' | 'mac', first: number, end: number): void {
    const { engine } = this.#parts;
    for (let line = first; line < end; line++) {
      line = engine.firstMismatch(stated, line, end);
      if (line < end) this.#isWrong[line] = 1;
    }
  }

  async #verifyLine(line: number): Promise<void> {
    const { verifier, signal } = this.#parts;
    const at = this.#records.lineAt(line);
    const bytes = this.#bytes.subarray(at, at + this.#records.lineBytes(line));
    const leaf = this.#leafHashes(line, line + 1);
    const pending = verifier.line(bytes.length > MAX_LINE_BYTES ? { leaf } : { bytes, leaf }, signal);
    if (pending !== undefined) await this.#away(pending);
  }

  /** Another verification may have used the engine meanwhile. */
  async #away(pending: Promise<void>): Promise<void> {
    await pending;
    this.#records = new RecordTable(this.#parts.engine.scan(this.#bytes));
  }

  #leafHashes(first: number, end: number): Uint8Array {
    return this.#leaves.subarray(first * HASH_BYTES, end * HASH_BYTES);
  }

  /** Accepts the records from `first` on that follow from the one before as they should; returns the line after them. */
  async #acceptRun(first: number): Promise<number> {
    const { sequence } = this.#parts.verifier;
    const epoch = sequence.epochOf('');
    // It is the line before: the first line of the batch was verified.
    if (sequence.before === undefined || !this.#follows(first, sequence.expectedSeq, epoch)) return first;
    await this.#compareMacs(first, epoch);
    let line = first;
    let type: EventCount | undefined;
    for (let seq = sequence.expectedSeq; line < this.#records.count; line++, seq++) {
      if (!this.#follows(line, seq, epoch)) break;
      const found = this.#ordinaryType(line);
      if (found === undefined) break;
      found.count++;
      type = found;
    }
    if (type !== undefined) this.#accept(first, line, type.name);
    return line;
  }

  /** Steps 2 and 4 to 8 for a line after a record of this batch, as long as MACs were compared; `false` is no verdict. */
  #follows(line: number, seq: number, epoch: number): boolean {
    const records = this.#records;
    return (
      this.#isWrong[line] === 0 &&
      records.isRecord(line) &&
      records.seq(line) === seq &&
      records.epoch(line) === epoch &&
      this.#isInTime(line) &&
      this.#isOfWorker(line)
    );
  }

  /** Not before the record before it, whose timestamp stands in the line before. */
  #isInTime(line: number): boolean {
    const [before, here] = [this.#records.timestampAt(line - 1), this.#records.timestampAt(line)];
    for (let i = 0; i < TIMESTAMP_BYTES; i++) {
      const difference = (this.#bytes[here + i] as number) - (this.#bytes[before + i] as number);
      if (difference !== 0) return difference > 0;
    }
    return true;
  }

  #isOfWorker(line: number): boolean {
    const expected = this.#workerId;
    if (expected === undefined) return true;
    if (this.#records.workerIdBytes(line) !== expected.length) return false;
    const at = this.#records.workerIdAt(line);
    for (let i = 0; i < expected.length; i++) if (this.#bytes[at + i] !== expected[i]) return false;
    return true;
  }

  /** Where its count is kept, unless the record is of the log's own types, or of more types than are counted. */
  #ordinaryType(line: number): EventCount | undefined {
    const at = this.#records.eventTypeAt(line);
    const length = this.#records.eventTypeBytes(line);
    const found = this.#parts.verifier.tally.events.find(this.#bytes, at, length);
    return found === undefined || OWN_TYPES.has(found.name) ? undefined : found;
  }

  /** Compares the MACs of all lines of this epoch from `first` on, unless that was done. */
  async #compareMacs(first: number, epoch: number): Promise<void> {
    const { engine, keys, signal } = this.#parts;
    if (keys === undefined || first < this.#macEnd) return;
    const pending = keys.moveTo(epoch, signal);
    if (pending !== undefined) await this.#away(pending);
    let end = first;
    while (end < this.#records.count && this.#records.isRecord(end) && this.#records.epoch(end) === epoch) {
      end++;
    }
    const key = keys.keyBytes();
    try {
      engine.macs(key, first, end - first);
    } finally {
      key.fill(0);
    }
    this.#markMismatches('mac', first, end);
    this.#macEnd = end;
  }

  /** @param eventType of the last of them */
  #accept(first: number, end: number, eventType: string): void {
    const records = this.#records;
    const last = end - 1;
    const at = records.timestampAt(last);
    const timestamp = String.fromCharCode(...this.#bytes.subarray(at, at + TIMESTAMP_BYTES));
    const place = { seq: records.seq(last), epoch: records.epoch(last), timestamp, eventType };
    this.#parts.verifier.acceptRun(this.#leafHashes(first, end), place);
  }
}
