import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { readSecretFile } from '../src/node/secret-file.js';
import { fromFiles } from '../src/source/from-files.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { makeLog } from './make-log.js';
import { segmentNames } from './tampering.js';

const log = makeLog(['event', 'rotate', 'event', 'close']);
const [first, second] = segmentNames(log.files) as [string, string];
const code = (expected: string) => expect.objectContaining({ name: 'AuditError', code: expected });
let scratch: string;
let dir: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sources-'));
  dir = join(scratch, 'log');
  mkdirSync(dir);
  for (const [name, bytes] of log.files) writeFileSync(join(dir, name), bytes);
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('openLog', () => {
  test('reads a directory, a link to it, and a segment alone; other files are ignored', async () => {
    for (const name of [
      'SHA256SUMS',
      'torn-7.bin',
      'segment-1.ndjson',
      'segment-00000000000000000000.ndjson.bak',
    ]) {
      writeFileSync(join(dir, name), 'whatever');
    }
    mkdirSync(join(dir, 'folder'));
    symlinkSync(dir, join(scratch, 'current'));
    for (const path of [dir, join(scratch, 'current')]) {
      expect(await verifyLog(await openLog(path), { vkey: log.vkey, hashes })).toMatchObject({
        status: 'verified',
        segments: 2,
      });
    }
    const alone = await verifyLog(await openLog(join(dir, second)), { vkey: log.vkey, hashes });
    expect(alone).toMatchObject({ status: 'incomplete', segments: 1, firstSeq: 3 });
  });

  test.each([first, 'log.json', 'checkpoint'])(
    'refuses anything but a file in the place of %s',
    async (name) => {
      const path = join(dir, name);
      const instead = {
        'a link': () => symlinkSync(join(scratch, 'elsewhere'), path),
        'a link to a file': () => symlinkSync(join(dir, second), path),
        'a directory': () => mkdirSync(path),
        'a FIFO': () => execFileSync('mkfifo', [path]),
      };
      for (const put of Object.values(instead)) {
        rmSync(path, { recursive: true });
        put();
        await expect(openLog(dir)).rejects.toThrow(code('INVALID_SOURCE'));
      }
    },
  );

  test('refuses a file that is swapped for a link after the log was opened', async () => {
    const source = await openLog(dir);
    rmSync(join(dir, first));
    await expect(verifyLog(source, { hashes })).rejects.toThrow(code('INVALID_SOURCE'));
    symlinkSync(join(dir, second), join(dir, first));
    await expect(verifyLog(source, { hashes })).rejects.toThrow(code('INVALID_SOURCE'));
  });

  test('says what is no log', async () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    for (const path of [join(scratch, 'nothing'), empty, join(dir, 'log.json')]) {
      await expect(openLog(path)).rejects.toThrow(code('NOT_A_LOG'));
    }
  });

  test('refuses a checkpoint that no note is as large as', async () => {
    writeFileSync(join(dir, 'checkpoint'), new Uint8Array(1_048_577));
    await expect(openLog(dir)).rejects.toThrow(code('INVALID_SOURCE'));
  });
});

describe('fromFiles', () => {
  const files = (...names: string[]): File[] =>
    names.map((name) => new File([new Uint8Array(log.files.get(name) ?? [1])], name));

  test('reads what someone picked, whatever else was picked', async () => {
    const source = fromFiles(files(second, 'picture.jpg', 'checkpoint', first, 'SHA256SUMS', 'log.json'));
    expect(await verifyLog(source, { vkey: log.vkey })).toMatchObject({ status: 'verified', segments: 2 });
  });

  test('refuses the files of two logs', () => {
    expect(() => fromFiles(files(first, 'log.json', first))).toThrow(code('INVALID_SOURCE'));
  });

  test('says which file cannot be read', async () => {
    const broken = {
      ...{ name: first, size: 10, arrayBuffer: () => Promise.reject(new Error('gone')) },
      stream: () =>
        new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('gone')) }),
    };
    await expect(verifyLog(fromFiles([broken]))).rejects.toThrow(code('INVALID_SOURCE'));
    const identity = { ...broken, name: 'log.json' };
    await expect(verifyLog(fromFiles([identity]))).rejects.toThrow(code('INVALID_SOURCE'));
    const huge = { ...broken, name: 'checkpoint', size: 2_000_000 };
    await expect(verifyLog(fromFiles([huge]))).rejects.toThrow(code('INVALID_SOURCE'));
  });
});

describe('readSecretFile', () => {
  const write = (mode: number): string => {
    const path = join(scratch, `secret-${mode}`);
    writeFileSync(path, 'the secret\n', { mode });
    return path;
  };

  test('reads a file that only its owner can read, also through a link', async () => {
    expect(await readSecretFile(write(0o600))).toBe('the secret');
    symlinkSync(write(0o400), join(scratch, 'link'));
    expect(await readSecretFile(join(scratch, 'link'))).toBe('the secret');
  });

  test.each([0o640, 0o604, 0o644, 0o610])('refuses mode %o', async (mode) => {
    await expect(readSecretFile(write(mode))).rejects.toThrow(code('INSECURE_KEY_FILE'));
  });

  test('refuses what is no file, or none of a secret’s size', async () => {
    const large = join(scratch, 'large');
    writeFileSync(large, new Uint8Array(65_537), { mode: 0o600 });
    for (const path of [join(scratch, 'none'), scratch, large]) {
      await expect(readSecretFile(path)).rejects.toThrow(code('INVALID_SOURCE'));
    }
  });
});
