import { expect } from 'vitest';
import { toHex } from '../../src/bytes.js';
import type { AuditEvent } from '../../src/event/audit-event.js';
import { leafHash } from '../../src/hash/tree-hashes.js';
import { nodeHashes as hashes } from '../../src/node/node-hashes.js';
import { decodeRecord } from '../../src/record/decode.js';
import type { LogRecord } from '../../src/record/record.js';
import { judge } from '../judge.js';
import { SECRET } from '../make-log.js';
import { type Files, linesOf, segmentNames } from '../tampering.js';

/**
 * How a log was left: `open` by a writer with nothing under way, `closed` in order, `killed` with its last write torn
 * perhaps, or `cut` off from power, after which anything may lie behind what was fsynced.
 */
export type LogState = 'open' | 'closed' | 'killed' | 'cut';

/** What may be missing from a log that nobody tampered with. */
const HARMLESS: Readonly<Record<LogState, readonly string[]>> = {
  closed: [],
  open: ['UNCOVERED_TAIL'],
  killed: ['UNCOVERED_TAIL', 'TORN_TAIL', 'NO_RECORDS', 'UNTRUSTED_KEY'],
  cut: [],
};

const KEYS = ['vkey', 'secret', 'both'] as const;

/** The simplest account of a log: what was asked for, what was promised, and what was shown to others. */
export class LogModel {
  /** Every event, by its number. */
  readonly #events: AuditEvent[] = [];
  /** Leaf hash of each record whose receipt said durable. */
  readonly #acknowledged = new Map<number, { readonly n: number; readonly leaf: string }>();
  /** Numbers of the events whose receipt said that they will not be recorded. */
  readonly #refused = new Set<number>();
  /** The newest checkpoint that anyone may have seen. */
  #anchor: string | undefined;
  #vkey = '';

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Makes the next event; its records carry its number. */
  event(
    severity: AuditEvent['severity'],
    textLength: number,
  ): { readonly n: number; readonly event: AuditEvent } {
    const n = this.#events.length;
    const event = { type: 'test_event', severity, members: { n, text: 'é'.repeat(textLength) } };
    this.#events.push(event);
    return { n, event };
  }

  acknowledge(n: number, seq: number, leaf: Uint8Array): void {
    if (this.#acknowledged.has(seq)) expect.unreachable(`record ${seq} is acknowledged twice`);
    this.#acknowledged.set(seq, { n, leaf: toHex(leaf) });
  }

  refuse(n: number): void {
    this.#refused.add(n);
  }

  /** A log that lost nothing to a crash has its key from its creation on. */
  opened(vkey: string): void {
    if (this.#acknowledged.size > 0) expect(vkey).toBe(this.#vkey);
    this.#vkey = vkey;
  }

  /** Someone reads the file `checkpoint`: from then on the log may not fall behind it. */
  see(files: Files): void {
    const note = files.get('checkpoint');
    if (note !== undefined) this.#anchor = Buffer.from(note).toString('utf8');
  }

  /**
   * Both verifiers say the same of the log, and what its state allows; unless power was cut, its records are those that were
   * acknowledged, where they were, and others only that were asked for.
   *
   * @returns the records; none after power was cut
   */
  async check(files: Files, state: LogState): Promise<readonly LogRecord[]> {
    if (!files.has('log.json')) {
      expect(this.#acknowledged.size).toBe(0);
      return [];
    }
    const anchors = this.#anchor === undefined ? [] : [this.#anchor];
    // What each key tells is compared once, at the end: verifying is what takes the time.
    for (const keys of state === 'closed' ? KEYS : ['both' as const]) {
      const options = {
        ...(keys !== 'vkey' && { secret: SECRET }),
        ...(keys !== 'secret' && this.#vkey !== '' && { vkey: this.#vkey }),
      };
      const { verdict, expected } = await judge(files, { ...options, anchors });
      expect(verdict).toEqual(expected);
      if (state === 'cut') continue;
      const found = new Set(verdict.defects.map(({ reason }) => reason));
      expect([...found].filter((reason) => !HARMLESS[state].includes(reason))).toEqual([]);
      if (state === 'closed') expect(verdict).toMatchObject({ status: 'verified', closed: true });
      if ('secret' in options && state !== 'killed') expect(verdict.mac).toBe('verified');
    }
    return state === 'cut' ? [] : this.#checkRecords(files);
  }

  #checkRecords(files: Files): readonly LogRecord[] {
    const lines = segmentNames(files).flatMap((name) => linesOf(files, name));
    const records: LogRecord[] = [];
    let newest = -1;
    for (const [seq, line] of lines.entries()) {
      const { record } = decodeRecord(line.subarray(0, -1));
      if (record === undefined) expect.unreachable(`line ${seq} is no record`);
      records.push(record);
      const n = record.eventType === 'test_event' ? Number(record.members['n']) : undefined;
      const promised = this.#acknowledged.get(seq);
      if (promised !== undefined && (n !== promised.n || leafOf(line) !== promised.leaf)) {
        expect.unreachable(`record ${seq} is not the one that was acknowledged`);
      }
      if (n === undefined) continue;
      const event = this.#events[n];
      if (event?.severity !== record.severity || event.members['text'] !== record.members['text']) {
        expect.unreachable(`record ${seq} was not asked for`);
      }
      if (this.#refused.has(n)) expect.unreachable(`event ${n} was refused, but recorded`);
      if (n <= newest) expect.unreachable(`event ${n} is recorded after event ${newest}`);
      newest = n;
    }
    const last = Math.max(-1, ...this.#acknowledged.keys());
    expect(records.length, 'every acknowledged record is there').toBeGreaterThan(last);
    return records;
  }
}

const leafOf = (line: Uint8Array): string => toHex(leafHash(hashes, line.subarray(0, -1)));
