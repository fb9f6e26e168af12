import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { sealError } from '../../test/seal-error.js';
import { pattern } from '../../test/vectors.js';
import { DIGEST_ALGORITHMS } from '../algorithms.js';
import { DigestEngines } from '../digest-engines.js';
import { nobleEngine } from '../noble-engine.js';
import { defaultEngines } from './default-engines.js';
import { digestFile } from './digest-file.js';

const folder = mkdtempSync(join(tmpdir(), 'seal-crypto-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = pattern(3_000_001);
const file = join(folder, 'model');
writeFileSync(file, bytes);
const engines = defaultEngines();

test.each(DIGEST_ALGORITHMS)('a file has the %s of its bytes', async (algorithm) => {
  const expected = { digest: engines.digest(algorithm, bytes), sizeBytes: bytes.length };
  expect(await digestFile(file, algorithm)).toEqual(expected);
  expect(await digestFile(pathToFileURL(file), algorithm, new DigestEngines([nobleEngine]))).toEqual(
    expected,
  );
});

test('an empty file, and one of exactly one buffer', async () => {
  for (const sizeBytes of [0, 1_048_576]) {
    const path = join(folder, `of-${sizeBytes}`);
    writeFileSync(path, bytes.subarray(0, sizeBytes));
    expect(await digestFile(path, 'blake3')).toEqual({
      digest: engines.digest('blake3', bytes.subarray(0, sizeBytes)),
      sizeBytes,
    });
  }
});

test('a link to a file is followed', async () => {
  const link = join(folder, 'link');
  symlinkSync(file, link);
  expect((await digestFile(link, 'sha256')).sizeBytes).toBe(bytes.length);
});

test('progress is told', async () => {
  const told: number[] = [];
  await digestFile(file, 'sha256', engines, { onProgress: (doneBytes) => told.push(doneBytes) });
  expect(told).toEqual([1_048_576, 2_097_152, 3_000_001]);
});

test('a directory, a device and what leads to them is no file', async () => {
  const link = join(folder, 'link-to-folder');
  symlinkSync(folder, link);
  for (const path of [folder, link, '/dev/null']) {
    await expect(digestFile(path, 'sha256')).rejects.toEqual(sealError('NOT_A_FILE'));
  }
});

test('a FIFO without a writer is no file, and does not hang', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  await expect(digestFile(fifo, 'sha256')).rejects.toEqual(sealError('NOT_A_FILE'));
});

test('a socket is no file', async () => {
  const path = join(folder, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expect(digestFile(path, 'sha256')).rejects.toEqual(sealError('NOT_A_FILE'));
  server.close();
});

test('a file that is not there cannot be read', async () => {
  const missing = join(folder, 'missing');
  const failure = await digestFile(missing, 'sha256').catch((error: unknown) => error);
  expect(failure).toEqual(sealError('READ_FAILED'));
  expect((failure as Error).cause).toHaveProperty('code', 'ENOENT');
});

test.each([
  ['grows', (path: string) => appendFileSync(path, 'x')],
  ['is cut short', (path: string) => writeFileSync(path, bytes.subarray(0, 1_048_577))],
  ['is written again', (path: string) => writeFileSync(path, bytes)],
])('a file that %s while it is read has no digest', async (_, change) => {
  const path = join(folder, 'changing');
  writeFileSync(path, bytes);
  // A write within the clock tick of the one before would leave the same times.
  await new Promise((resolve) => setTimeout(resolve, 20));
  let isChanged = false;
  const onProgress = () => {
    if (!isChanged) change(path);
    isChanged = true;
  };
  await expect(digestFile(path, 'sha256', engines, { onProgress })).rejects.toEqual(
    sealError('SOURCE_CHANGED'),
  );
});

test('an abort ends it', async () => {
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  await expect(
    digestFile(file, 'sha256', engines, { signal: controller.signal, onProgress }),
  ).rejects.toHaveProperty('name', 'AbortError');
  await expect(
    digestFile(join(folder, 'missing'), 'sha256', engines, { signal: AbortSignal.abort() }),
  ).rejects.toHaveProperty('name', 'AbortError');
});

test('mistakes of the caller', async () => {
  await expect(digestFile('a\0b', 'sha256')).rejects.toThrow(TypeError);
  await expect(digestFile(7 as unknown as string, 'sha256')).rejects.toThrow(TypeError);
  await expect(digestFile(file, 'md5' as 'sha256')).rejects.toThrow(RangeError);
});
