import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ResidencyAnswer, residencyAt } from '../src/report/residency-at.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { formatTimestamp } from '../src/timestamp.js';
import { makeLog, type Step } from './make-log.js';
import { runCommand } from './run-command.js';
import { linesOf, pruned, segmentNames, withLines } from './tampering.js';
import { deallocated, failed, sealed, verified } from './vram-steps.js';

/** When `makeLog` writes record `seq`. */
const timeOf = (seq: number): string => formatTimestamp(1_767_323_045_000_006 + seq * 1_500_000);

const steps: Step[] = [
  sealed('a', { actor: 'alice', shard_index: 0, total_shards: 2 }), // 1
  sealed('b', { model_ref: 'mixtral' }), // 2
  verified('a', 'full', 1000), // 3
  verified('a', 'sampled', 64), // 4
  failed('b'), // 5
  deallocated('b', 'evicted'), // 6
  'reopen', // 7
  sealed('a'), // 8
  'close', // 9 and 10
];
const log = makeLog(steps);
const ask = (seq: number, files = log.files): Promise<ResidencyAnswer> =>
  residencyAt(fromBytes(files), timeOf(seq));
const ids = ({ shards }: ResidencyAnswer): string[] => shards.map(({ shard_id: id }) => id);

describe('residencyAt', () => {
  test('tells what was sealed by then and not yet ended', async () => {
    const found = await Promise.all(log.lines.map((_, seq) => ask(seq).then(ids)));
    expect(found).toEqual([
      [],
      ['a'],
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
      ['a'],
      [],
      ['a'],
      ['a'],
      ['a'],
    ]);
  });

  test('states the seal, the newest verification up to then, the failure, and the end even if it came later', async () => {
    const { shards } = await ask(3);
    expect(shards).toMatchObject([
      {
        shard_id: 'a',
        model_ref: 'llama-3-8b',
        shard_index: 0,
        total_shards: 2,
        digest: 'a1'.repeat(32),
        simulated: true,
        sealed: { at: timeOf(1), seq: 1, worker_id: 'gpu-0', actor: 'alice' },
        last_verified: { at: timeOf(3), seq: 3, mode: 'full', bytes_verified: 1000, count: 1 },
        last_failure: null,
        ended: { at: timeOf(7), seq: 7, reason: 'ended_unclean', last_known_at: timeOf(6) },
        certain: true,
      },
      {
        shard_id: 'b',
        sealed: { actor: null },
        last_verified: null,
        last_failure: null, // it came later
        ended: { at: timeOf(6), seq: 6, reason: 'evicted' },
      },
    ]);
    expect((await ask(5)).shards).toMatchObject([
      { last_verified: { mode: 'sampled', bytes_verified: 64 } },
      { last_failure: { seq: 5, reason: 'digest_mismatch' } },
    ]);
  });

  test('is not certain where no record shows that the shard was still there', async () => {
    const between = await residencyAt(fromBytes(log.files), '2026-01-02T03:04:15Z'); // after 6, before 7
    expect(between.shards).toMatchObject([
      { shard_id: 'a', certain: false, ended: { reason: 'ended_unclean' } },
    ]);
    const after = await residencyAt(fromBytes(log.files), '2027');
    expect(after.shards).toMatchObject([{ shard_id: 'a', certain: false, ended: null }]);
    expect(await residencyAt(fromBytes(log.files), '2025')).toMatchObject({
      shards: [],
      first_timestamp: timeOf(0),
    });
  });

  test('tells of shards that were sealed in records that are gone, where later ones speak of them', async () => {
    const long = makeLog([
      sealed('a'),
      sealed('b'),
      'rotate',
      'event',
      verified('a'),
      deallocated('b'),
      failed('x', 'unknown_shard'),
    ]);
    const answer = await ask(5, pruned(long.files, 4));
    expect(answer).toMatchObject({
      begins_later: true,
      shards: [
        { shard_id: 'a', sealed: null, last_verified: null, ended: null },
        { shard_id: 'b', sealed: null, ended: { reason: 'released' } },
      ],
    });
    expect(ids(await ask(8, pruned(long.files, 4)))).toEqual(['a']);
  });

  test('takes an id on two devices for two shards, and what is no record of the library for none', async () => {
    const two = makeLog([
      sealed('a'),
      sealed('a', { gpu_device: 1 }),
      { type: 'vram_sealed', members: { shard_id: 7 } },
      verified('a', 'full', 10, 1),
      deallocated('unknown'),
      deallocated('a', 'seal_failed'),
      deallocated('a'),
    ]);
    expect((await ask(6, two.files)).shards).toMatchObject([
      { gpu_device: 0, last_verified: null, ended: { seq: 7 } },
      { gpu_device: 1, last_verified: { bytes_verified: 10 }, ended: null },
    ]);
  });

  test('looks at no record after the last one that was verified', async () => {
    const answer = await residencyAt(fromBytes(log.files), timeOf(3), { lastSeq: 4 });
    expect(answer).toMatchObject({ last_timestamp: timeOf(4), shards: [{ ended: null }, { ended: null }] });
  });

  test.each(['', 'yesterday', '2026-13', new Date(Number.NaN)])('refuses the time %s', async (time) => {
    await expect(residencyAt(fromBytes(log.files), time)).rejects.toThrow(TypeError);
  });
});

describe('audit-chain residency', () => {
  let scratch: string;
  const put = (name: string, files: ReadonlyMap<string, Uint8Array>): string => {
    const dir = join(scratch, name);
    mkdirSync(dir);
    for (const [file, bytes] of files) writeFileSync(join(dir, file), bytes);
    return dir;
  };
  let dir: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'residency-'));
    dir = put('log', log.files);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  test('says in words what was there, and how far that can be trusted', async () => {
    const { code, out, error } = await runCommand(['residency', dir, '--at', timeOf(4), '--vkey', log.vkey]);
    expect([code, error]).toEqual([0, '']);
    expect(out.replaceAll(dir, 'LOG')).toMatchSnapshot();
  });

  test('exits as the verification does: without a key 11, tampered 10, cut 12', async () => {
    const at = ['--at', timeOf(4), '--json'];
    const keyless = await runCommand(['residency', dir, ...at]);
    expect(keyless.code).toBe(11);
    const document = JSON.parse(keyless.out);
    expect(document).toMatchObject({ at: timeOf(4), verification: { status: 'incomplete', exit_code: 11 } });
    expect(ids(document)).toEqual(['a', 'b']);
    const [segment] = segmentNames(log.files) as [string];
    const lines = linesOf(log.files, segment);
    const changed = lines.map((line) =>
      Buffer.from(Buffer.from(line).toString().replace('"alice"', '"mallo"')),
    );
    const cases: [string, readonly Uint8Array[], number][] = [
      ['tampered', changed, 10],
      ['cut', lines.slice(0, 4), 12],
    ];
    for (const [name, left, expected] of cases) {
      const path = put(name, withLines(log.files, segment, left));
      const { code, out } = await runCommand(['residency', path, ...at, '--vkey', log.vkey]);
      expect([code, JSON.parse(out).verification.exit_code]).toEqual([expected, expected]);
    }
  });

  test('lets no text of the log move the cursor', async () => {
    const hostile = makeLog([sealed('a', { model_ref: 'x\u202e\u001b[2J', actor: 'a\nb' }), 'close']);
    const { out } = await runCommand(['residency', put('hostile', hostile.files), '--at', '2027']);
    expect(out).toContain('\\u{202e}');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test.each([[[]], [['--at', 'noon']]])('refuses %j', async (args) => {
    const { code, out } = await runCommand(['residency', dir, ...args]);
    expect([code, out]).toEqual([2, '']);
  });
});
