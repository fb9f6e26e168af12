import { describe, expect, test, vi } from 'vitest';
import { utf8 } from '../src/bytes.js';
import { deriveRootKey } from '../src/keys/epoch-keys.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { fromBytes } from '../src/source/from-bytes.js';
import type { LogSource } from '../src/source/log-source.js';
import { MAX_KEPT_DEFECTS } from '../src/verify/defect-list.js';
import { toJson } from '../src/verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../src/verify/verify-log.js';
import { makeLog, SECRET } from './make-log.js';
import { type Files, linesOf, pruned, segmentNames, withFile, withLines } from './tampering.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const log = makeLog(['event', 'checkpoint', 'event', 'rotate', 'event', 'event', 'close']);
const other = makeLog(['event', 'close'], { workerId: 'gpu-1', seed: 9 });
const [first, second] = segmentNames(log.files) as [string, string];
const rootKey = deriveRootKey(SECRET, log.origin);

async function reasons(files: Files, options: VerifyOptions): Promise<string[]> {
  const { defects } = await verifyLog(fromBytes(files), { hashes, ...options });
  return defects.map(({ reason }) => reason);
}

describe('whose log it is', () => {
  const anonymous = withFile(log.files, 'log.json', undefined);

  test.each([
    ['a vkey', { vkey: log.vkey }, []],
    ['a root key', { rootKey }, []],
    ['a secret, whose origin the first log_opened names', { secret: SECRET }, []],
    ['nothing', {}, ['UNTRUSTED_KEY']],
    ['an anchor', { anchors: [log.notes[0] as string] }, ['UNTRUSTED_KEY']],
  ])('is read from the records where log.json is missing, with %s', async (_, options, expected) => {
    expect(await reasons(anonymous, options)).toEqual(expected);
  });

  test('a segment alone, without a key that anything names, is judged by MACs and by the tree', async () => {
    const segment = withFile(withFile(pruned(log.files, 5), 'log.json', undefined), 'checkpoint', undefined);
    expect(await reasons(segment, {})).toEqual(['UNRECORDED_PRUNING', 'UNCOVERED_TAIL', 'UNTRUSTED_KEY']);
    expect(await reasons(segment, { rootKey })).toEqual(['UNRECORDED_PRUNING']);
    expect(await reasons(segment, { secret: SECRET })).toEqual(['UNRECORDED_PRUNING']); // origin of the note
    const lines = linesOf(segment, second);
    const changed = Buffer.from(
      Buffer.from(lines[1] as Uint8Array)
        .toString()
        .replace('"n":6', '"n":7'),
    );
    expect(await reasons(withLines(segment, second, lines.with(1, changed)), {})).toContain(
      'CHECKPOINT_MISMATCH',
    );
  });

  test('a log.json of another log, or a spoiled one, is found', async () => {
    const foreign = withFile(log.files, 'log.json', other.files.get('log.json'));
    expect(await reasons(foreign, { vkey: log.vkey })).toContain('IDENTITY_MISMATCH');
    for (const spoiled of ['', '{', 'null', '7', '\uFEFF{}']) {
      const found = await reasons(withFile(log.files, 'log.json', utf8(spoiled)), { vkey: log.vkey });
      expect(found).toEqual(['IDENTITY_MISMATCH']);
    }
    const text = Buffer.from(log.files.get('log.json') as Uint8Array).toString();
    for (const [from, to] of [
      ['"worker_id":"gpu-0"', '"worker_id":"gpu 0"'],
      ['"vkey":"vram', '"vkey":"vran'],
      ['"origin":', '"origins":'],
    ] as const) {
      const spoiled = withFile(log.files, 'log.json', utf8(text.replace(from, to)));
      expect(await reasons(spoiled, { vkey: log.vkey })).toEqual(['IDENTITY_MISMATCH']);
    }
  });

  test('a vkey of another log, or of another key of the same origin, does not fit', async () => {
    const same = makeLog(['event', 'close'], { seed: 10 });
    for (const vkey of [other.vkey, same.vkey]) {
      const found = await reasons(log.files, { vkey });
      expect(new Set(found)).toEqual(
        new Set(['IDENTITY_MISMATCH', 'SIGNATURE_INVALID', 'CHECKPOINT_FILE_INVALID', 'UNCOVERED_TAIL']),
      );
      expect(found[0]).toBe('IDENTITY_MISMATCH');
    }
  });
});

describe('usage errors', () => {
  const tampered = (note: string): string => note.replace('\n9\n', '\n8\n');

  test.each<[string, string, Files, VerifyOptions]>([
    ['an unknown format', 'UNKNOWN_FORMAT', withFile(log.files, 'log.json', utf8('{"format":"x/v2"}')), {}],
    ['no format', 'UNKNOWN_FORMAT', withFile(log.files, 'log.json', utf8('{}')), {}],
    ['a vkey that is none', 'INVALID_KEY', log.files, { vkey: 'a+b+c' }],
    ['a short secret', 'INVALID_KEY', log.files, { secret: 'short' }],
    ['a secret of nobody', 'INVALID_KEY', new Map([[first, utf8('{}\n')]]), { secret: SECRET }],
    ['an anchor that is none', 'INVALID_NOTE', log.files, { anchors: ['anchor'] }],
    ['an anchor of another log', 'INVALID_NOTE', log.files, { anchors: [other.notes[0] as string] }],
    ['a forged anchor', 'INVALID_NOTE', log.files, { anchors: [tampered(log.notes.at(-1) as string)] }],
    [
      'an anchor and no key',
      'INVALID_KEY',
      new Map([[first, utf8('{}\n')]]),
      { anchors: [log.notes[0] as string] },
    ],
  ])('%s', async (_, code, files, options) => {
    await expect(verifyLog(fromBytes(files), options)).rejects.toMatchObject({ name: 'AuditError', code });
  });

  test('a root key that is not 32 bytes long', async () => {
    await expect(verifyLog(fromBytes(log.files), { rootKey: new Uint8Array(31) })).rejects.toThrow(
      RangeError,
    );
  });
});

describe('limits', () => {
  test('with more epochs than allowed, all is judged as if no root key had been given', async () => {
    const { mac, defects, status } = await verifyLog(fromBytes(log.files), { rootKey, maxEpochs: 1, hashes });
    expect({ mac, status }).toEqual({ mac: 'not_checked', status: 'incomplete' });
    expect(defects.map(({ reason }) => reason)).toEqual(['UNTRUSTED_KEY']);
    const withKey = await verifyLog(fromBytes(log.files), { rootKey, vkey: log.vkey, maxEpochs: 1, hashes });
    expect(withKey).toMatchObject({ mac: 'not_checked', status: 'verified' });
    expect(await verifyLog(fromBytes(log.files), { rootKey, maxEpochs: 2, hashes })).toMatchObject({
      mac: 'verified',
      status: 'verified',
    });
  });

  test('a record that claims an epoch far away is derived in slices, and the signal is heeded', async () => {
    const line = Buffer.from(log.lines[0] as Uint8Array)
      .toString()
      .replace('"seq":0', '"seq":90000000')
      .replace('"epoch":0', '"epoch":60000000');
    const files = new Map([['segment-00000000000090000000.ndjson', utf8(`${line}\n`)]]);
    const signal = AbortSignal.timeout(50);
    await expect(verifyLog(fromBytes(files), { rootKey, hashes, signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('the first thousand defects are kept, all are counted', async () => {
    const files = withFile(log.files, first, utf8('{}\n'.repeat(5000)));
    const { defects, defectCount } = await verifyLog(fromBytes(files), { vkey: log.vkey, hashes });
    expect(defects).toHaveLength(MAX_KEPT_DEFECTS);
    expect(defectCount).toBeGreaterThan(5000);
  });

  test('a line of any length is one malformed record, hashed and never kept', async () => {
    const chunk = new Uint8Array(1_048_576).fill(0x61);
    const source: LogSource = {
      ...fromBytes(log.files),
      segments: async () => [
        {
          name: first,
          firstSeq: 0,
          sizeBytes: 300 * chunk.length,
          async *read() {
            for (let i = 0; i < 300; i++) yield chunk;
            yield utf8('\n');
          },
        },
      ],
    };
    const before = process.memoryUsage().rss;
    const result = await verifyLog(source, { vkey: log.vkey, hashes });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    expect(result.defects[0]).toMatchObject({ reason: 'MALFORMED_RECORD', segment: first, line: 1 });
    expect(result.treeSize).toBe(1);
  });

  test.each([1, 2, 7, 64, 1000])('pieces of %i bytes give the same verdict', async (pieceBytes) => {
    const whole = fromBytes(log.files);
    const source: LogSource = {
      ...whole,
      segments: async () =>
        (await whole.segments()).map((segment) => ({
          ...segment,
          async *read() {
            const buffer = new Uint8Array(pieceBytes);
            for await (const bytes of segment.read()) {
              for (let at = 0; at < bytes.length; at += pieceBytes) {
                const piece = bytes.subarray(at, at + pieceBytes);
                buffer.set(piece); // used again for the next piece, as a source may
                yield buffer.subarray(0, piece.length);
              }
            }
          },
        })),
    };
    expect(await verifyLog(source, { vkey: log.vkey, hashes })).toEqual(
      await verifyLog(whole, { vkey: log.vkey, hashes }),
    );
  });
});

test('progress is told up to the end', async () => {
  const told: number[] = [];
  const total = [first, second].reduce((sum, name) => sum + (log.files.get(name) as Uint8Array).length, 0);
  await verifyLog(fromBytes(log.files), {
    hashes,
    onProgress: ({ readBytes, totalBytes }) => {
      expect(totalBytes).toBe(total);
      told.push(readBytes);
    },
  });
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(total);
});

test('an aborted signal ends it with the signal’s reason', async () => {
  const reason = new Error('enough');
  await expect(verifyLog(fromBytes(log.files), { signal: AbortSignal.abort(reason), hashes })).rejects.toBe(
    reason,
  );
});

test('the JSON document has the members of the contract, in its order', async () => {
  const { defects: _, ...document } = toJson(await verifyLog(fromBytes(log.files), { hashes }));
  expect(Object.keys(toJson(await verifyLog(fromBytes(log.files), { hashes })))).toEqual(
    'status,exit_code,origin,records,first_seq,last_seq,segments,checkpoints,tree_size,root_hash,closed,mac,key_source,tail,defects,events'.split(
      ',',
    ),
  );
  expect(document).toMatchObject({
    status: 'incomplete',
    exit_code: 11,
    origin: log.origin,
    records: log.lines.length,
    first_seq: 0,
    last_seq: log.lines.length - 1,
    segments: 2,
    checkpoints: 3,
    closed: true,
    mac: 'not_checked',
    key_source: 'log',
    tail: 0,
    events: { log_opened: 1, something_happened: 4, checkpoint: 3, segment_opened: 1, log_closed: 1 },
  });
});
