import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainRecordEngine } from '../src/engine/plain-record-engine.js';
import type { RecordEngine } from '../src/engine/record-engine.js';
import { RECORD_WORDS, RecordTable } from '../src/engine/record-table.js';
import { anyLine, joined, linesOf, vectorSegments } from './record-lines.js';

/** Lines and what the log's decoder said of each, made by native/tools/make_record_corpus.mjs. */
const CORPUS = new URL('../../../native/test/vectors/records.txt', import.meta.url);
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1);
/** For how long lines are made up: a few seconds in CI, longer with this variable set. */
const FUZZ_SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 3);

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Everything that an engine says of a batch, as the plain engine says it. */
function judgement(engine: RecordEngine, bytes: Uint8Array): object {
  const { count, consumedBytes, words } = engine.scan(bytes);
  const table = Array.from(words);
  const leaves = engine.leafHashes().slice();
  const records = new RecordTable({ count, consumedBytes, words });
  const lines = Array.from({ length: count }, (_, i) => i);
  const macs = engine.macs(KEY, 0, count).slice();
  return {
    count,
    consumedBytes,
    table,
    leaves,
    macs: lines.filter((i) => records.isRecord(i)).map((i) => text(macs.subarray(32 * i, 32 * i + 32))),
    links: lines.slice(1).map((i) => engine.firstMismatch('prev', i, i + 1) === i + 1),
    firstBrokenLink: count > 1 ? engine.firstMismatch('prev', 1, count) : undefined,
    firstWrongMac: engine.firstMismatch('mac', 0, count),
  };
}

/** Declares tests of everything that an engine for records promises. */
export function describeRecordEngine(create: () => RecordEngine): void {
  const reference = plainRecordEngine();
  const engine = create();

  describe(`record engine ${engine.name}`, () => {
    test('judges every line of the corpus as the decoder does', () => {
      const corpus = linesOf(new Uint8Array(readFileSync(CORPUS))).map((line) => {
        const parts = text(line).startsWith('malformed ') ? 1 : 5;
        let start = 0;
        for (let i = 0; i < parts; i++) start = line.indexOf(0x20, start) + 1;
        return { verdict: text(line.subarray(0, start - 1)), line: line.subarray(start) };
      });
      expect(corpus.length).toBeGreaterThan(500);
      const bytes = joined(corpus.map(({ line }) => line));
      const table = new RecordTable(engine.scan(bytes));
      expect(table.count).toBe(corpus.length);
      const slice = (at: number, length: number): string => text(bytes.subarray(at, at + length));
      const found = corpus.map((_, i) =>
        table.isRecord(i)
          ? `${table.seq(i)} ${table.epoch(i)} ${table.severity(i)} ` +
            `${slice(table.eventTypeAt(i), table.eventTypeBytes(i))} ${slice(table.workerIdAt(i), table.workerIdBytes(i))}`
          : 'malformed',
      );
      expect(found).toEqual(corpus.map(({ verdict }) => verdict));
    });

    test('says where each member stands', () => {
      const [segment] = vectorSegments() as [Uint8Array];
      const table = new RecordTable(engine.scan(segment));
      for (const [i, line] of linesOf(segment).entries()) {
        const record = JSON.parse(new TextDecoder().decode(line));
        const slice = (at: number, length: number): string => text(segment.subarray(at, at + length));
        expect(slice(table.lineAt(i), table.lineBytes(i))).toBe(text(line));
        expect(slice(table.timestampAt(i), 27)).toBe(record.timestamp);
        expect(slice(table.prevAt(i), 64)).toBe(record.prev);
        expect(slice(table.macAt(i), 64)).toBe(record.mac);
      }
    });

    test('says of every log among the vectors what the plain engine says', () => {
      const segments = vectorSegments();
      expect(segments.length).toBeGreaterThan(5);
      for (const segment of segments)
        expect(judgement(engine, segment)).toEqual(judgement(reference, segment));
    });

    test(
      'gives the same verdict on lines that are made up',
      () => {
        fc.assert(
          fc.property(fc.array(anyLine(), { minLength: 1, maxLength: 6 }), (lines) => {
            const bytes = joined(lines);
            expect(judgement(engine, bytes)).toEqual(judgement(reference, bytes));
          }),
          { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: FUZZ_SECONDS * 1000 },
        );
      },
      FUZZ_SECONDS * 1000 + 60_000,
    );

    test('takes the complete lines of a batch, and no more of them than there is room for', () => {
      expect(engine.scan(new Uint8Array(0))).toMatchObject({ count: 0, consumedBytes: 0 });
      expect(engine.scan(Uint8Array.of(0x7b, 0x7d))).toMatchObject({ count: 0, consumedBytes: 0 });
      expect(engine.scan(Uint8Array.of(0x7b, 0x0a, 0x7d))).toMatchObject({ count: 1, consumedBytes: 2 });
      const many = new Uint8Array(engine.maxBatchRecords + 5).fill(0x0a);
      const scan = engine.scan(many);
      expect(scan).toMatchObject({ count: engine.maxBatchRecords, consumedBytes: engine.maxBatchRecords });
      expect(scan.words.length).toBe(engine.maxBatchRecords * RECORD_WORDS);
      const longest = new Uint8Array(engine.maxBatchBytes).fill(0x20);
      longest[longest.length - 1] = 0x0a;
      const table = new RecordTable(engine.scan(longest));
      expect([table.count, table.isRecord(0), table.lineBytes(0)]).toEqual([1, false, longest.length - 1]);
      expect(engine.leafHashes()).toHaveLength(32);
    });

    test('reads bytes where they lie in a larger buffer', () => {
      const [segment] = vectorSegments() as [Uint8Array];
      const buffer = new Uint8Array(segment.length + 7);
      buffer.set(segment, 3);
      expect(judgement(engine, buffer.subarray(3, 3 + segment.length))).toEqual(
        judgement(reference, segment),
      );
    });

    test('MACs of some lines alone', () => {
      const [segment] = vectorSegments() as [Uint8Array];
      const { count } = engine.scan(segment);
      const all = engine.macs(KEY, 0, count).slice();
      expect(engine.macs(KEY, 1, 2).slice()).toEqual(all.slice(32, 96));
      expect(engine.firstMismatch('mac', 1, 3)).toBe(1);
      expect(() => engine.firstMismatch('mac', 0, 1)).toThrow(RangeError);
      expect(engine.macs(KEY, count, 0)).toHaveLength(0);
    });

    test('a level of the tree', () => {
      const nodes = Uint8Array.from({ length: 32 * 38 }, (_, i) => (i * 31) >>> 2);
      expect(engine.merkleLevel(nodes).slice()).toEqual(reference.merkleLevel(nodes));
      expect(engine.merkleLevel(new Uint8Array(0))).toHaveLength(0);
      const most = new Uint8Array(32 * engine.maxBatchRecords).fill(9);
      expect(engine.merkleLevel(most).slice(-32)).toEqual(reference.merkleLevel(most.slice(0, 64)));
    });

    test('mistakes of the caller', () => {
      engine.scan(joined([Uint8Array.of(0x7b, 0x7d), Uint8Array.of(0x7b, 0x7d)]));
      expect(() => engine.firstMismatch('prev', 1, 2)).toThrow(RangeError);
      expect(() => engine.firstMismatch('mac', 0, 1)).toThrow(RangeError);
      engine.leafHashes();
      for (const [first, end] of [
        [0, 1],
        [1, 3],
        [2, 1],
        [0.5, 1],
      ] as const) {
        expect(() => engine.firstMismatch('prev', first, end)).toThrow(RangeError);
      }
      for (const [first, count] of [
        [-1, 1],
        [0, 3],
        [3, 0],
        [0, -1],
      ] as const) {
        expect(() => engine.macs(KEY, first, count)).toThrow(RangeError);
      }
      expect(() => engine.macs(KEY.subarray(1), 0, 1)).toThrow(RangeError);
      expect(() => engine.merkleLevel(new Uint8Array(32))).toThrow(RangeError);
      expect(() => engine.merkleLevel(new Uint8Array(32 * (engine.maxBatchRecords + 2)))).toThrow(RangeError);
      expect(() => engine.scan(new Uint8Array(engine.maxBatchBytes + 1))).toThrow(RangeError);
    });

    test('after a wipe there is an empty batch, and another can follow', () => {
      const [segment] = vectorSegments() as [Uint8Array];
      engine.scan(segment);
      engine.leafHashes();
      engine.wipe();
      expect(engine.leafHashes()).toHaveLength(0);
      expect(() => engine.macs(KEY, 0, 1)).toThrow(RangeError);
      expect(judgement(engine, segment)).toEqual(judgement(reference, segment));
    });
  });
}
