import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TOKEN = 'token-of-the-worker-0123456789';
const SECRET = 'a secret of sixteen bytes or more';
let scratch: string;
let file: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'command-line-'));
  file = join(scratch, 'model.bin');
  writeFileSync(file, Uint8Array.of(0));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function run(...args: string[]) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    VRAM_RESIDENCY_TOKEN: TOKEN,
    VRAM_RESIDENCY_AUDIT_SECRET: SECRET,
  };
  const result = spawnSync(process.execPath, [main, ...args], { cwd: scratch, encoding: 'utf8', env });
  expect(result.stdout + result.stderr).not.toContain(TOKEN);
  expect(result.stdout + result.stderr).not.toContain(SECRET);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  return { code: result.status, out: result.stdout, error: result.stderr };
}

const SHA256 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';

test('digest prints as sha256sum does', () => {
  expect(run('digest', '--digest', 'sha256', file)).toEqual({
    code: 0,
    out: `${SHA256}  ${file}\n`,
    error: '',
  });
  expect(run('digest', scratch).code).toBe(2);
  expect(run('digest', '--digest', 'md5', file).code).toBe(2);
});

test('seal records what it did, and the log verifies', () => {
  const sealed = run(
    'seal',
    file,
    '--verify',
    '--audit-dir',
    'audit',
    '--worker-id',
    'gpu-0',
    '--expect',
    `sha256:${SHA256}`,
    '--json',
  );
  expect(sealed).toMatchObject({ code: 0, error: '' });
  const { seals, verified, audit } = JSON.parse(sealed.out);
  expect(seals).toHaveLength(1);
  expect(seals[0]).toMatchObject({ format: 'vram-residency/seal/v1', worker_id: 'gpu-0', vram_bytes: 1 });
  expect(verified).toBe(true);
  const checked = run('log', 'verify', audit.dir, '--vkey', audit.vkey, '--json');
  expect(JSON.parse(checked.out)).toMatchObject({
    status: 'verified',
    mac: 'verified',
    tree_size: audit.tree_size,
  });
});

test('failures have their exit codes', () => {
  const audit = ['--audit-dir', 'failures'];
  expect(run('seal', file, ...audit, '--expect', `blake3:${'0'.repeat(64)}`)).toMatchObject({
    code: 13,
    out: '',
  });
  writeFileSync(join(scratch, 'large.bin'), new Uint8Array(2 ** 21 + 1));
  expect(run('seal', join(scratch, 'large.bin'), ...audit, '--capacity', String(2 ** 21)).code).toBe(14);
  expect(run('seal', join(scratch, 'nothing'), ...audit).code).toBe(2);
  expect(run('seal', file, '--device', '0').code).toBe(2);
  expect(run('seal').code).toBe(2);
  expect(run('nonsense').code).toBe(2);
});
