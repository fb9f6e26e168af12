import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { exportTiles } from '../src/node/export-tiles.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { type MadeLog, makeLog, type Step } from './make-log.js';
import { pruned } from './tampering.js';

vi.mock('@noble/curves/ed25519.js', async (original) =>
  (await import('./remembered-signatures.js')).rememberSignatures(original),
);

const GO_PACKAGES = '/usr/share/gocode'; // of Debian's golang-golang-x-mod-dev
const obstacle = goObstacle();
const PROGRAM = join(import.meta.dirname, 'go/verify-tiles.go');

const events = (count: number): Step[] => Array.from({ length: count }, () => 'event');
const log = makeLog([...events(300), 'checkpoint', ...events(400), 'rotate', ...events(20), 'close']);
/** The same log earlier in its life. */
const young = makeLog([...events(300), 'checkpoint', 'event']);
const trusted = { vkey: log.vkey, hashes };
let out: string;
let verifier: string | undefined;

function goObstacle(): string | undefined {
  if (!existsSync(join(GO_PACKAGES, 'src/golang.org/x/mod/sumdb/tlog')))
    return 'golang-golang-x-mod-dev is missing';
  return spawnSync('go', ['version']).status === 0 ? undefined : 'golang-go is missing';
}

function files(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory, { recursive: true }) as string[];
  const regular = names.filter((name) => statSync(join(directory, name)).isFile()).sort();
  return new Map(regular.map((name) => [name, readFileSync(join(directory, name), 'base64')]));
}

const source = (made: MadeLog) => fromBytes(made.files);

beforeAll(() => {
  if (obstacle !== undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'verify-tiles-'));
  verifier = join(directory, 'verify-tiles');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: GO_PACKAGES, GOCACHE: join(directory, 'cache') };
  execFileSync('go', ['build', '-o', verifier, PROGRAM], { env });
}, 300_000);
afterAll(() => {
  if (verifier !== undefined) rmSync(join(verifier, '..'), { recursive: true });
});
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'export-tiles-'));
  return () => rmSync(out, { recursive: true });
});

test('writes the checkpoint, tiles and bundles, and nothing else', async () => {
  const { verification, treeSize, addedFiles } = await exportTiles(source(log), out, trusted);
  expect([verification.status, treeSize, addedFiles]).toEqual(['verified', log.lines.length - 1, 7]);
  expect([...files(out).keys()]).toEqual([
    'checkpoint',
    ...['tile/0/000', 'tile/0/001', 'tile/0/002.p/213', 'tile/1/000.p/2'],
    ...['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/213'],
  ]);
  expect(readFileSync(join(out, 'checkpoint'), 'utf8')).toBe(log.notes.at(-1));
});

test('a second export only adds, and again nothing', async () => {
  await exportTiles(source(young), out, trusted);
  const before = files(out);
  await exportTiles(source(log), out, trusted);
  const after = files(out);
  for (const [name, content] of before) {
    if (name !== 'checkpoint') expect(after.get(name)).toBe(content);
  }
  expect(after.size).toBeGreaterThan(before.size);
  expect((await exportTiles(source(log), out, trusted)).addedFiles).toBe(0);
  expect(files(out)).toEqual(after);
});

test('without a key to trust the verdict says so', async () => {
  const { verification } = await exportTiles(source(log), out);
  expect(verification.exitCode).toBe(11);
  expect(existsSync(join(out, 'checkpoint'))).toBe(true);
});

describe('is refused, and what is there stays as it was', () => {
  test.each<[string, MadeLog, string]>([
    ['a log that was rolled back', young, 'rolled_back'],
    ['a log that forked', makeLog([...events(299), 'checkpoint', ...events(450), 'close']), 'tampered'],
  ])('%s', async (_, other, status) => {
    await exportTiles(source(log), out, trusted);
    const before = files(out);
    const { verification, treeSize } = await exportTiles(source(other), out, trusted);
    expect([verification.status, treeSize]).toEqual([status, null]);
    expect(files(out)).toEqual(before);
  });

  test('another log', async () => {
    await exportTiles(source(log), out, trusted);
    const before = files(out);
    const other = makeLog(['event', 'close'], { workerId: 'gpu-1' });
    await expect(exportTiles(source(other), out)).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
    expect(files(out)).toEqual(before);
  });

  test('where a tile was changed', async () => {
    await exportTiles(source(young), out, trusted);
    const tile = join(out, 'tile/0/000');
    const bytes = readFileSync(tile);
    writeFileSync(tile, bytes.fill(0, 64, 65));
    const before = files(out);
    await expect(exportTiles(source(log), out, trusted)).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
    expect(files(out)).toEqual(before);
  });

  test('a pruned log, a log without a checkpoint, the directory of a log', async () => {
    const rest = fromBytes(pruned(log.files, 702));
    await expect(exportTiles(rest, out, trusted)).rejects.toMatchObject({ code: 'NOT_PROVABLE' });
    const none = source(makeLog(['event']));
    await expect(exportTiles(none, out)).rejects.toMatchObject({ code: 'NOT_PROVABLE' });
    expect(files(out).size).toBe(0);
    writeFileSync(join(out, 'log.json'), '{}');
    await expect(exportTiles(source(log), out)).rejects.toMatchObject({ code: 'INVALID_SOURCE' });
  });
});

// Go's packages are the stock implementation of static transparency logs.
describe.skipIf(obstacle !== undefined)(
  `golang.org/x/mod/sumdb${obstacle === undefined ? '' : `: ${obstacle}`}`,
  () => {
    const verify = (...older: string[]) =>
      spawnSync(verifier as string, [out, log.vkey, ...older], { encoding: 'utf8' });

    test('accepts the checkpoint, every entry, and that what was exported before is the beginning', async () => {
      await exportTiles(source(young), out, trusted);
      expect(verify()).toMatchObject({
        status: 0,
        stdout: '301 entries included, 0 older checkpoints consistent\n',
      });
      const older = join(out, 'checkpoint.older');
      writeFileSync(older, readFileSync(join(out, 'checkpoint')));
      await exportTiles(source(log), out, trusted);
      const stdout = `${log.lines.length - 1} entries included, 1 older checkpoints consistent\n`;
      expect(verify(older)).toMatchObject({ status: 0, stdout, stderr: '' });
    });

    test.each(['checkpoint', 'tile/0/001', 'tile/1/000.p/2', 'tile/entries/000'])(
      'finds %s changed',
      async (name) => {
        await exportTiles(source(log), out, trusted);
        const bytes = readFileSync(join(out, name));
        bytes[50] = (bytes[50] as number) ^ 1;
        writeFileSync(join(out, name), bytes);
        expect(verify().status).not.toBe(0);
      },
    );
  },
);
