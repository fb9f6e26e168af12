import { describe, expect, test, vi } from 'vitest';
import { utf8 } from '../src/bytes.js';
import { verifyConsistency } from '../src/merkle/verify-proof.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { parseCheckpoint } from '../src/note/checkpoint.js';
import { formatInclusionProof, parseInclusionProof, verifyRecord } from '../src/proof/inclusion-proof.js';
import { proveConsistency, proveInclusion } from '../src/proof/prove.js';
import { fromBytes } from '../src/source/from-bytes.js';
import type { LogSource } from '../src/source/log-source.js';
import { makeLog } from './make-log.js';
import { linesOf, pruned, segmentNames, withFile, withLines } from './tampering.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const log = makeLog([
  ...(['event', 'event', 'checkpoint', 'event', 'event', 'rotate'] as const), // segment 7
  ...(['event', 'reopen', 'event', 'event', 'rotate'] as const), // segment 13
  ...(['event', 'event', 'close', 'reopen', 'event'] as const),
]);
const source = fromBytes(log.files);
const covered = parseCheckpoint(log.notes.at(-1) as string).treeSize;
const INVALID = expect.objectContaining({ code: 'INVALID_PROOF' });
const NOT_PROVABLE = expect.objectContaining({ code: 'NOT_PROVABLE' });

describe.each([
  ['whole', 0],
  ['pruned once', 7],
  ['pruned twice', 13],
])('a log, %s', (_, firstSeq) => {
  const rest = fromBytes(pruned(log.files, firstSeq));

  test('proves every covered record that is left, and the proof survives its text form', async () => {
    for (let seq = firstSeq; seq < covered; seq++) {
      const { proof, line } = await proveInclusion(rest, seq, { hashes });
      expect(Buffer.from(line)).toEqual(Buffer.from(log.lines[seq] as Uint8Array));
      const text = formatInclusionProof(proof);
      const read = parseInclusionProof(text);
      expect(formatInclusionProof(read)).toBe(text);
      const { record, checkpoint } = verifyRecord(read, line, log.vkey);
      expect([record.seq, checkpoint.treeSize]).toEqual([seq, covered]);
      expect(verifyRecord(read, Buffer.concat([line, utf8('\n')]), log.vkey).record.seq).toBe(seq);
      const other = log.lines[seq === 0 ? 1 : seq - 1] as Uint8Array;
      expect(() => verifyRecord(read, other, log.vkey)).toThrow(INVALID);
    }
  });

  test('proves every checkpoint that is not older than it to be its beginning', async () => {
    for (const note of log.notes) {
      const { treeSize: olderSize, rootHash: olderRoot } = parseCheckpoint(note);
      if (olderSize < firstSeq) {
        await expect(proveConsistency(rest, olderSize, { hashes })).rejects.toThrow(NOT_PROVABLE);
        continue;
      }
      const { path, checkpoint } = await proveConsistency(rest, olderSize, { hashes });
      const newer = parseCheckpoint(checkpoint);
      const statement = { olderSize, olderRoot, newerSize: newer.treeSize, newerRoot: newer.rootHash };
      expect(() => verifyConsistency(statement, path)).not.toThrow();
    }
  });

  test('does not prove what was pruned or is not covered', async () => {
    const gone = [firstSeq - 1, covered, covered + 1, 1e9].filter((seq) => seq >= 0);
    for (const seq of gone) await expect(proveInclusion(rest, seq, { hashes })).rejects.toThrow(NOT_PROVABLE);
  });
});

test('a proof can be made against an older checkpoint', async () => {
  const checkpoint = log.notes[1] as string;
  const { proof } = await proveInclusion(source, 4, { checkpoint, vkey: log.vkey, hashes });
  expect(proof.checkpoint).toBe(checkpoint);
  await expect(proveInclusion(source, 9, { checkpoint, hashes })).rejects.toThrow(NOT_PROVABLE);
});

test('cosignatures in the file checkpoint go into the proof', async () => {
  const cosigned = `${log.notes.at(-1)}\u2014 witness.example ${Buffer.alloc(76, 3).toString('base64')}\n`;
  const { proof } = await proveInclusion(
    fromBytes(withFile(log.files, 'checkpoint', Buffer.from(cosigned))),
    3,
  );
  expect(proof.checkpoint).toBe(cosigned);
  expect(verifyRecord(proof, log.lines[3] as Uint8Array, log.vkey).record.seq).toBe(3);
});

test('a consistency proof reads nothing before the segment that the older tree ends in', async () => {
  const segments = await source.segments();
  const last = segments.at(-1)?.firstSeq as number;
  const unreadable = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.reject(new Error('this segment must not be read'));
  };
  const partly: LogSource = {
    ...source,
    segments: async () => segments.map((one) => (one.firstSeq < last ? { ...one, read: unreadable } : one)),
  };
  const { path } = await proveConsistency(partly, last, { hashes });
  expect(path).toEqual((await proveConsistency(source, last, { hashes })).path);
  await expect(proveConsistency(partly, last - 1, { hashes })).rejects.toThrow('must not be read');
});

test('a log that was tampered with proves nothing', async () => {
  const [first] = segmentNames(log.files) as [string];
  const lines = linesOf(log.files, first);
  const changed = lines.with(
    1,
    Buffer.from(
      Buffer.from(lines[1] as Uint8Array)
        .toString()
        .replace('"n":1', '"n":9'),
    ),
  );
  for (const tampered of [
    withLines(log.files, first, changed),
    withLines(log.files, first, lines.toSpliced(2, 1)),
    withFile(log.files, segmentNames(log.files)[1] as string, undefined),
    withFile(log.files, segmentNames(log.files)[2] as string, new Uint8Array()),
  ]) {
    await expect(proveInclusion(fromBytes(tampered), 1, { vkey: log.vkey })).rejects.toThrow(INVALID);
    await expect(proveConsistency(fromBytes(tampered), 3, { vkey: log.vkey })).rejects.toThrow(INVALID);
  }
});

test('a log without a checkpoint of that key proves nothing yet', async () => {
  const young = makeLog(['event']);
  await expect(proveInclusion(fromBytes(young.files), 0)).rejects.toThrow(NOT_PROVABLE);
  const { vkey } = makeLog([], { seed: 8 });
  await expect(proveInclusion(source, 0, { vkey })).rejects.toThrow(NOT_PROVABLE);
});

test('only sequence numbers are asked for', async () => {
  for (const seq of [-1, 1.5, Number.NaN, 2 ** 53]) {
    await expect(proveInclusion(source, seq)).rejects.toThrow(RangeError);
  }
  await expect(proveConsistency(source, 0)).rejects.toThrow(RangeError);
});

describe('a proof as text', () => {
  const sound = async (): Promise<string> =>
    formatInclusionProof({ ...(await proveInclusion(source, 5)).proof, extra: utf8('more') });

  test('has the form of C2SP tlog-proof', async () => {
    const [header, extra, index, ...rest] = (await sound()).split('\n');
    expect([header, extra, index]).toEqual(['c2sp.org/tlog-proof@v1', 'extra bW9yZQ==', 'index 5']);
    expect(rest.indexOf('')).toBe(5);
    expect(rest.slice(0, 5).every((hash) => Buffer.from(hash, 'base64').length === 32)).toBe(true);
    expect(rest.slice(6).join('\n')).toBe(log.notes.at(-1));
  });

  test.each([
    ['another header', (text: string) => text.replace('@v1', '@v2')],
    ['no index', (text: string) => text.replace(/index 5\n/, '')],
    ['a leading zero', (text: string) => text.replace('index 5', 'index 05')],
    ['a negative index', (text: string) => text.replace('index 5', 'index -5')],
    ['an index beyond all numbers', (text: string) => text.replace('index 5', 'index 9007199254740992')],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['extra data that are not base64', (text: string) => text.replace('bW9yZQ==', 'bW9yZR==')],
    ['extra data twice', (text: string) => text.replace('extra bW9yZQ==', 'extra bW9yZQ==\nextra bW9yZQ==')],
    ['a short hash', (text: string) => text.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\nAAAA\n')],
    ['white space', (text: string) => text.replace('index 5', 'index 5 ')],
    ['no checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n') + 2)],
    ['nothing', () => ''],
    ['too much', (text: string) => text.replace('bW9yZQ==', 'A'.repeat(2_000_000))],
  ])('is refused with %s', async (_, spoil) => {
    const spoiled = spoil(await sound());
    expect(() => parseInclusionProof(spoiled)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^INVALID_(PROOF|NOTE)$/) }),
    );
  });

  test('with one bit flipped anywhere is refused or does not hold', async () => {
    const { proof, line } = await proveInclusion(source, 5);
    const bytes = Buffer.from(formatInclusionProof(proof));
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      expect(() => verifyRecord(parseInclusionProof(flipped.toString()), line, log.vkey)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^INVALID_(PROOF|NOTE)$/) }),
      );
    }
  });
});
