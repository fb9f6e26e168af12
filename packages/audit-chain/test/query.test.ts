import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followLog } from '../src/node/follow-log.js';
import { type LinePlace, type QueryOptions, query } from '../src/query/query.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { makeLog } from './make-log.js';
import { linesOf, segmentNames, withLines } from './tampering.js';

// Records come every 1.5 s from 03:04:05.000006 on; the second segment begins with record 5.
const log = makeLog(['event', 'event', 'event', 'rotate', 'event', 'event', 'close']);
const [first, second] = segmentNames(log.files) as [string, string];
const source = fromBytes(log.files);

async function seqs(options: QueryOptions): Promise<number[]> {
  const found: number[] = [];
  for await (const { record } of query(source, options)) found.push(record.seq);
  return found;
}

describe('query', () => {
  test.each<[string, QueryOptions, number[]]>([
    ['everything', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['a type', { type: 'something_happened' }, [1, 2, 3, 6, 7]],
    ['several types', { type: ['checkpoint', 'log_closed'] }, [4, 8, 9]],
    ['a severity', { severity: 'CRITICAL' }, []],
    ['several severities', { severity: ['INFO', 'WARNING'], type: 'log_opened' }, [0]],
    ['a shard', { shardId: 'shard-1' }, [1, 7]],
    ['since, which counts', { since: '2026-01-02T03:04:15.500006Z' }, [7, 8, 9]],
    ['until, which does not', { until: '2026-01-02T03:04:06.500006Z' }, [0]],
    ['times in short', { since: '2026-01-02T03:04:07Z', until: '2026-01-02T03:04:11' }, [2, 3]],
    ['a minute', { since: '2026-01-02T03:05' }, []],
    ['a day', { since: '2026-01-02', until: '2026-01-03' }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['a month', { until: '2026-01' }, []],
    ['a Date', { since: new Date(Date.UTC(2026, 0, 2, 3, 4, 17)) }, [8, 9]],
    ['a limit', { type: 'something_happened', limit: 2 }, [1, 2]],
    ['nothing', { limit: 0 }, []],
  ])('finds %s', async (_, options, expected) => {
    expect(await seqs(options)).toEqual(expected);
  });

  test('gives the place and the very bytes', async () => {
    for await (const entry of query(source, { type: 'log_closed' })) {
      expect(entry).toMatchObject({ segment: second, line: 4 });
      expect(Buffer.from(entry.bytes)).toEqual(Buffer.from(log.lines[8] as Uint8Array));
    }
  });

  test('passes over lines that are no record, and tells of them', async () => {
    const lines = linesOf(log.files, first).toSpliced(2, 0, Buffer.from('garbage\n'));
    const places: LinePlace[] = [];
    const found = [];
    const options = { onMalformed: (place: LinePlace) => places.push(place) };
    for await (const entry of query(fromBytes(withLines(log.files, first, lines)), options))
      found.push(entry);
    expect(found).toHaveLength(10);
    expect(places).toEqual([{ segment: first, line: 3 }]);
  });

  test.each<[string, object]>([
    ['a time that is none', { since: '2026-02-30' }],
    ['a time of another zone', { since: '2026-01-02T03:04:05+01:00' }],
    ['half a time', { until: '2026-01-02T03:0' }],
    ['an invalid Date', { since: new Date(Number.NaN) }],
    ['a severity that is none', { severity: 'FATAL' }],
    ['a limit that is none', { limit: -1 }],
    ['a limit that is no number', { limit: Number.NaN }],
  ])('refuses %s', async (_, options) => {
    await expect(seqs(options)).rejects.toThrow(TypeError);
  });

  test('ends with the signal’s reason', async () => {
    const reason = new Error('enough');
    await expect(seqs({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('followLog', () => {
  let dir: string;
  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), 'follow-')), 'log');
    mkdirSync(dir);
  });
  afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

  test('gives what is there, then what comes: torn lines once they are whole, new segments in order', async () => {
    const lines = [first, second].map((name) => linesOf(log.files, name));
    const [older, newer] = lines as [Uint8Array[], Uint8Array[]];
    const torn = newer[1] as Uint8Array;
    const path = join(dir, second);
    // One step each time that everything written before has been seen.
    const steps = new Map<number, () => void>([
      [1, () => appendFileSync(join(dir, first), Buffer.concat(older.slice(2)))],
      [
        4,
        () => {
          writeFileSync(path, Buffer.concat([newer[0] as Uint8Array, torn.subarray(0, 40)]));
        },
      ],
      [
        5,
        () => {
          // What a writer does that recovers: the torn line is cut, another is written.
          truncateSync(path, (newer[0] as Uint8Array).length);
          appendFileSync(path, Buffer.concat(newer.slice(1)));
        },
      ],
    ]);
    writeFileSync(join(dir, first), Buffer.concat(older.slice(0, 2)));
    const ending = new AbortController();
    const found: number[] = [];
    for await (const { record } of followLog(dir, { signal: ending.signal, pollMs: 5 })) {
      found.push(record.seq);
      steps.get(record.seq)?.();
      if (record.eventType === 'checkpoint' && record.seq === 9) ending.abort();
    }
    expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a torn line that is written anew in the same number of bytes is not passed over', async () => {
    const [opened, ...more] = linesOf(log.files, first) as [Uint8Array, Uint8Array];
    const path = join(dir, first);
    const torn = Buffer.from((more[0] as Uint8Array).map((byte) => (byte === 10 ? 0x78 : byte)));
    writeFileSync(path, Buffer.concat([opened, torn]));
    const ending = new AbortController();
    const found: number[] = [];
    setTimeout(() => writeFileSync(path, Buffer.concat([opened, more[0] as Uint8Array])), 50);
    const giveUp = setTimeout(() => ending.abort(), 2000);
    for await (const { record } of followLog(dir, { signal: ending.signal, pollMs: 5 })) {
      found.push(record.seq);
      if (record.seq === 1) ending.abort();
    }
    clearTimeout(giveUp);
    expect(found).toEqual([0, 1]);
  });

  test('filters, and ends when it is told to', async () => {
    writeFileSync(join(dir, first), log.files.get(first) as Uint8Array);
    const signal = AbortSignal.timeout(100);
    const found: number[] = [];
    for await (const { record } of followLog(dir, { signal, pollMs: 5, type: 'something_happened' })) {
      found.push(record.seq);
    }
    expect(found).toEqual([1, 2, 3]);
  });
});
