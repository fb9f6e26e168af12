import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog } from '../src/node/audit-log.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { verifyLog } from '../src/verify/verify-log.js';

const SECRET = 'a secret of sixteen bytes or more';
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let scratch: string;
let dir: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'write-and-verify-'));
  dir = join(scratch, 'log');
});
afterEach(() => rmSync(scratch, { recursive: true }));

async function writeLog(events: number, options: object = {}): Promise<AuditLog> {
  const log = await AuditLog.open({
    dir,
    workerId: 'gpu-0',
    secret: SECRET,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  for (let n = 0; n < events; n++) {
    const severity = n % 4 === 3 ? 'CRITICAL' : 'INFO';
    await log.emit({ type: 'something_happened', severity, members: { n, text: 'ünï “code”' } }).durable;
  }
  await log.close();
  return log;
}

async function cli(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const run = promisify(execFile)(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, error: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, error: stderr }),
  );
}

test('what the writer writes, the verifier verifies: rotations, reopenings, both keys', async () => {
  await writeLog(20, { rotation: { segmentBytes: 3000 } });
  const { vkey } = await writeLog(5);
  for (const options of [{ vkey }, { secret: SECRET }, { vkey, secret: SECRET }]) {
    const result = await verifyLog(await openLog(dir), { ...options, hashes: nodeHashes });
    expect(result).toMatchObject({ status: 'verified', exitCode: 0, closed: true, defects: [] });
    expect(result.events['something_happened']).toBe(25);
    expect(result.segments).toBeGreaterThan(2);
  }
  expect((await verifyLog(await openLog(dir))).defects.map(({ reason }) => reason)).toEqual([
    'UNTRUSTED_KEY',
  ]);
});

test('the command line verifies, and exits with the verdict', async () => {
  const { vkey } = await writeLog(4);
  const good = await cli('verify', dir, '--vkey', vkey, '--json');
  expect(good.code).toBe(0);
  expect(JSON.parse(good.out)).toMatchObject({
    status: 'verified',
    exit_code: 0,
    key_source: 'given',
    mac: 'not_checked',
  });
  const untrusted = await cli('verify', dir);
  expect(untrusted.code).toBe(11);
  expect(untrusted.out).toContain('UNTRUSTED_KEY');
  const tampered = join(scratch, 'tampered');
  cpSync(dir, tampered, { recursive: true });
  const segment = join(tampered, readdirSync(tampered).find((file) => file.startsWith('segment-')) as string);
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"n":1', '"n":7'));
  expect((await cli('verify', dir, tampered, '--vkey', vkey)).code).toBe(10);
  expect(await cli('verify', join(scratch, 'nothing'))).toMatchObject({ code: 2, out: '' });
  expect((await cli('verify', dir, '--unknown')).code).toBe(2);
  expect((await cli('vkey', dir)).out).toBe(`${vkey}\n`);
  expect((await cli('checkpoint', dir)).out).toBe(readFileSync(join(dir, 'checkpoint'), 'utf8'));
});

test('init makes a log and hands its root key out once', async () => {
  const made = await cli('init', dir, '--worker-id', 'gpu-7', '--json');
  expect(made.code).toBe(0);
  const { root_key: rootKey, vkey } = JSON.parse(made.out);
  const keyFile = join(scratch, 'root.key');
  writeFileSync(keyFile, rootKey, { mode: 0o600 });
  const verified = await cli('verify', dir, '--root-key-file', keyFile, '--vkey', vkey, '--json');
  expect(JSON.parse(verified.out)).toMatchObject({ status: 'verified', mac: 'verified' });
  writeFileSync(join(scratch, 'open.key'), rootKey, { mode: 0o644 });
  const refused = await cli('verify', dir, '--root-key-file', join(scratch, 'open.key'));
  expect(refused.code).toBe(2);
  expect(refused.error).toContain('INSECURE_KEY_FILE');
  expect(refused.error).not.toContain(rootKey);
});
