import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRootKey } from '../src/keys/epoch-keys.js';
import { AuditLog } from '../src/node/audit-log.js';
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
async function write(name: string, n: number): Promise<void> {
  const log = await AuditLog.open({
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
