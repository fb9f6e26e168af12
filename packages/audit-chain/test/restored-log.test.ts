import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRootKey } from '../src/keys/epoch-keys.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import { openLog } from '../src/node/open-log.js';
import { verifyLog } from '../src/verify/verify-log.js';

let scratch: string;
let vkey: string;
let rootKey: Uint8Array;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'restored-log-'));
  await write('log', 1);
  copy('log', 'backup');
  copy('log.keys', 'backup.keys');
  await write('log', 2);
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string): string => join(scratch, name);
const copy = (from: string, to: string): void => cpSync(at(from), at(to), { recursive: true });

/** Opens a log, writes one record, and closes it. */
async function write(name: string, n: number, more: Partial<AuditLogOptions> = {}): Promise<void> {
  const log = await AuditLog.open({
    ...more,
    dir: at(name),
    workerId: 'gpu-0',
    onError: (error) => {
      throw error;
    },
    onRootKey: (hex) => {
      rootKey = parseRootKey(hex);
    },
  });
  await log.emit({ type: 'something_happened', severity: 'INFO', members: { n } }).durable;
  await log.close();
  vkey = log.vkey;
}

describe('an older backup of', () => {
  test('the log and its keys is not seen from inside, but by an anchor', async () => {
    copy('backup', 'restored');
    copy('backup.keys', 'restored.keys');
    const anchors = [readFileSync(at('log/checkpoint'), 'utf8')];
    const keys = { vkey, rootKey };
    const restored = async (more = {}) => verifyLog(await openLog(at('restored')), { ...keys, ...more });
    expect(await restored({ anchors })).toMatchObject({ status: 'rolled_back' });
    await write('restored', 3);
    expect(await restored()).toMatchObject({ status: 'verified', closed: true });
    expect(await restored({ anchors })).toMatchObject({ status: 'tampered' });
  });

  test.each([
    ['the log alone', 'backup', 'log.keys'],
    ['the keys alone', 'log', 'backup.keys'],
  ])('%s is refused', async (what, log, keys) => {
    const name = what.replaceAll(' ', '-');
    copy(log, name);
    copy(keys, `${name}.keys`);
    await expect(write(name, 3)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
});

describe('the checkpoint published last', () => {
  const published = (text: string) => ({ lastPublished: async () => text });
  const newest = (name: string): string => readFileSync(at(`${name}/checkpoint`), 'utf8');
  function restore(name: string, from: string): void {
    copy(from, name);
    copy(`${from}.keys`, `${name}.keys`);
  }
  const contents = (name: string): Buffer[] =>
    readdirSync(at(name))
      .sort()
      .map((file) => readFileSync(at(`${name}/${file}`)));

  test('refuses a log that is behind it, which stays as it is', async () => {
    restore('behind', 'backup');
    const before = contents('behind');
    const refused = write('behind', 3, published(newest('log')));
    await expect(refused).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK', retriable: false });
    expect(contents('behind')).toEqual(before);
  });

  test('refuses a log that went on without it', async () => {
    restore('forked', 'backup');
    await write('forked', 3);
    await write('forked', 4);
    await expect(write('forked', 5, published(newest('log')))).rejects.toMatchObject({ code: 'LOG_FORKED' });
    await write('forked', 5, published(newest('backup')));
  });

  test('lets the log itself go on, rotated, archived and pruned', async () => {
    restore('same', 'log');
    const oldest = newest('same');
    await write('same', 3, { ...published(oldest), rotation: { segmentBytes: 1024 } });
    const log = await AuditLog.open({
      ...{ dir: at('same'), workerId: 'gpu-0', onError: () => undefined },
      ...published(newest('same')),
    });
    await log.archive();
    await log.close();
    await write('same', 4, published(oldest));
    await write('same', 5, { lastPublished: async () => undefined });
    await write('same', 6, { ...published(newest('same')), retention: { maxSegments: 0 } });
    await write('same', 7, published(newest('same')));
    await expect(write('same', 8, published(oldest))).rejects.toMatchObject({ code: 'NOT_PROVABLE' });
  });

  test('is asked for by origin, and has to be one of this log', async () => {
    restore('asked', 'log');
    let asked = '';
    const lastPublished = async (origin: string): Promise<string> => {
      asked = origin;
      return newest('asked').replace(origin, `${origin}0`);
    };
    await expect(write('asked', 3, { lastPublished })).rejects.toMatchObject({ code: 'INVALID_NOTE' });
    expect(vkey.startsWith(`${asked}+`)).toBe(true);
    const down = { lastPublished: () => Promise.reject(new Error('nobody answers')) };
    await expect(write('asked', 3, down)).rejects.toMatchObject({ code: 'WRITER_FAILED' });
  });
});
