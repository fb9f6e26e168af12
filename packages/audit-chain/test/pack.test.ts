import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLog } from '../src/node/open-log.js';
import { fromFiles } from '../src/source/from-files.js';
import { packedHeader } from '../src/source/packed.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { makeLog } from './make-log.js';
import { runCommand } from './run-command.js';
import { segmentNames, withFile } from './tampering.js';

const log = makeLog(['event', 'rotate', 'event', 'close']);
const [first] = segmentNames(log.files) as [string];
let scratch: string;
let dir: string;
let packed: string;
const put = (name: string, bytes: Uint8Array): string => {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
};
const putLog = (name: string, files: ReadonlyMap<string, Uint8Array>): string => {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
};

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'pack-'));
  dir = putLog('log', log.files);
  writeFileSync(join(dir, 'signing.key'), 'a secret that got here by mistake');
  packed = join(scratch, 'log.tar');
  expect(await runCommand(['pack', dir, '--out', packed, '--vkey', log.vkey])).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(scratch, { recursive: true }));

test('every command takes what was packed as the log, and says the same of it', async () => {
  for (const args of [
    ['verify', '--vkey', log.vkey, '--json'],
    ['show'],
    ['vkey'],
    ['checkpoint'],
    ['prove', '--seq', '1'],
  ]) {
    const [name = '', ...rest] = args;
    expect(await runCommand([name, packed, ...rest])).toEqual(await runCommand([name, dir, ...rest]));
  }
});

test('a browser reads the one packed file that was picked', async () => {
  const bytes = new Uint8Array(readFileSync(packed));
  const file = new File([bytes], 'log.tar');
  const source = fromFiles([file, new File(['other'], 'worker.vkey')]);
  expect(await verifyLog(source, { vkey: log.vkey })).toMatchObject({ status: 'verified', segments: 2 });
  expect(() => fromFiles([file, file])).toThrow(expect.objectContaining({ code: 'INVALID_SOURCE' }));
  const cut = fromFiles([new File([bytes.slice(0, -512)], 'log.tar')]);
  await expect(verifyLog(cut)).rejects.toMatchObject({ code: 'INVALID_SOURCE' });
});

test('the same log gives the same bytes, tar lists them, and nothing but the log’s files is in it', async () => {
  const again = join(scratch, 'again.tar');
  await runCommand(['pack', packed, '--out', again]);
  expect(readFileSync(again).equals(readFileSync(packed))).toBe(true);
  const names = execFileSync('tar', ['-tf', packed], { encoding: 'utf8' }).trim().split('\n');
  expect(names).toEqual(['log.json', 'checkpoint', ...segmentNames(log.files)]);
  expect(readFileSync(packed, 'latin1')).not.toContain('by mistake');
});

test('a log that does not verify is packed with its verdict', async () => {
  const text = Buffer.from(log.files.get(first) as Uint8Array).toString();
  const tampered = putLog(
    'tampered',
    withFile(log.files, first, Buffer.from(text.replace('"n":1', '"n":7'))),
  );
  const out = join(scratch, 'tampered.tar');
  const outcome = await runCommand(['pack', tampered, '--out', out, '--vkey', log.vkey]);
  expect(outcome.code).toBe(10);
  expect((await runCommand(['verify', out, '--vkey', log.vkey])).code).toBe(10);
  expect((await runCommand(['pack', dir, '--out', join(scratch, 'keyless.tar')])).code).toBe(11);
});

test('writes over no file, and leaves none behind that failed', async () => {
  const before = readFileSync(packed);
  expect((await runCommand(['pack', dir, '--out', packed])).code).toBe(2);
  expect(readFileSync(packed).equals(before)).toBe(true);
  const corrupt = putLog('corrupt', new Map([[`${first}.gz`, Buffer.from('no gzip')]]));
  expect((await runCommand(['pack', corrupt, '--out', join(scratch, 'corrupt.tar')])).code).toBe(10);
  expect(existsSync(join(scratch, 'corrupt.tar'))).toBe(false);
  expect((await runCommand(['pack', dir, '--out', join(scratch, 'log.zip')])).code).toBe(2);
});

describe('a hostile archive is refused', () => {
  const end = Buffer.alloc(1024);
  const withHeader = (change: (header: Buffer) => void): Buffer => {
    const header = Buffer.from(packedHeader('log.json', 0));
    change(header);
    return Buffer.concat([header, end]);
  };
  const one = Buffer.from(packedHeader(first, 0));
  test.each<[string, () => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('hello'.repeat(1000))],
    ['a path', () => Buffer.concat([packedHeader('../log.json', 0), end])],
    ['an absolute path', () => Buffer.concat([packedHeader('/etc/passwd', 0), end])],
    ['a file that no log has', () => Buffer.concat([packedHeader('signing.key', 0), end])],
    ['zstd, which a few bytes can blow up', () => Buffer.concat([packedHeader(`${first}.zst`, 0), end])],
    ['a link', () => withHeader((header) => header.write('2', 156))],
    ['a wrong checksum', () => withHeader((header) => header.write('7777', 148))],
    ['a negative size', () => withHeader((header) => header.write('-0000000001', 124))],
    ['a size beyond its end', () => Buffer.concat([packedHeader('log.json', 8 ** 11 - 1), end])],
    ['a file twice', () => Buffer.concat([one, one, end])],
    ['a segment plain and compressed', () => Buffer.concat([one, packedHeader(`${first}.gz`, 0), end])],
    ['no end', () => one],
    ['something after its end', () => Buffer.concat([one, end, one])],
    ['a cut', () => readFileSync(packed).subarray(0, -1024)],
  ])('%s', async (name, make) => {
    const path = put(`${name}.tar`.replaceAll('/', ''), make());
    await expect(openLog(path)).rejects.toMatchObject({ code: 'INVALID_SOURCE' });
    expect((await runCommand(['verify', path])).code).toBe(2);
  });

  test('a checkpoint larger than any', async () => {
    const size = 2 ** 21;
    const path = put('large.tar', Buffer.concat([packedHeader('checkpoint', size), Buffer.alloc(size), end]));
    await expect((await openLog(path)).checkpoint()).rejects.toMatchObject({ code: 'INVALID_SOURCE' });
  });
});
