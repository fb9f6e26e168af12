import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const STAND_IN = join(root, 'packages/cuda-backend/build/Release/vram-stand-in.so');
const NOTHING_RAN = 77;
/** The native programs may have to be built first. */
const BUILD_TIMEOUT_MS = 900_000;

/** Runs the GPU suite over the driver at a path; over the system's without one. */
function runSuite(driver: string | undefined): { status: number | null; lines: string[] } {
  const { VRAM_RESIDENCY_CUDA_DRIVER: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'test/gpu/run.mjs')], {
    encoding: 'utf8',
    env: driver === undefined ? env : { ...env, VRAM_RESIDENCY_CUDA_DRIVER: driver },
  });
  expect(stderr).toBe('');
  return { status, lines: stdout.trim().split('\n') };
}

test('the GPU suite in Node, on the GPU of this machine', ({ skip }) => {
  const { status, lines } = runSuite(undefined);
  if (status === NOTHING_RAN) skip(lines[0]);
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([]);
  expect(status).toBe(0);
});

test('without a driver every part of the GPU suite says that it was not run, and why', () => {
  const { status, lines } = runSuite('/nowhere/libcuda.so.1');
  expect(status).toBe(NOTHING_RAN);
  const parts = lines.slice(0, -1);
  expect(parts.length).toBeGreaterThanOrEqual(5);
  for (const line of parts) expect(line).toMatch(/^not run: .+: there is no GPU: .*nowhere/);
  expect(lines.at(-1)).toBe(`0 passed, 0 rehearsed, 0 failed, ${parts.length} not run`);
});

test.skipIf(!existsSync(STAND_IN))('rehearsal of the GPU suite over the stand-in driver', () => {
  const { status, lines } = runSuite(STAND_IN);
  expect(lines[1]).toMatch(/^SIMULATED: /);
  const parts = lines.slice(2, -1);
  expect(parts.length).toBeGreaterThanOrEqual(5);
  for (const line of parts) expect(line).toMatch(/^rehearsed: /);
  expect(lines.at(-1)).toBe(`0 passed, ${parts.length} rehearsed, 0 failed, 0 not run`);
  expect(status).toBe(0);
});

describe.skipIf(!existsSync(STAND_IN))('the bundle for bare machines', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-bundle-'));
  const archive = join(scratch, 'bundle.tar.gz');
  const empty = join(scratch, 'empty');

  /** Runs the bundle in an empty folder, with an empty PATH. */
  function runBundle(what: string, env: Readonly<Record<string, string>> = {}) {
    const program = join(scratch, 'vram-residency-gpu/run');
    const { status, stdout, stderr } = spawnSync(program, [what], {
      cwd: empty,
      env: { PATH: '', ...env },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return { status, lines: stdout.trim().split('\n') };
  }

  beforeAll(() => {
    mkdirSync(empty);
    const made = spawnSync(process.execPath, [join(root, 'scripts/bundle-gpu.mjs'), archive], {
      encoding: 'utf8',
    });
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    expect(spawnSync('tar', ['--extract', '--file', archive, '--directory', scratch]).status).toBe(0);
  }, BUILD_TIMEOUT_MS);
  afterAll(() => rmSync(scratch, { recursive: true }));

  test('has less than 64 MiB', () => {
    expect(statSync(archive).size).toBeLessThan(64 * 2 ** 20);
  });

  test.each(['test', 'native', 'bench'])('%s says that nothing was run, where there is no driver', (what) => {
    const { status, lines } = runBundle(what, { VRAM_RESIDENCY_CUDA_DRIVER: '/nowhere/libcuda.so.1' });
    expect(status).toBe(NOTHING_RAN);
    expect(lines.join('\n')).toMatch(/^not run: .*there is no GPU: /m);
    expect(lines.filter((line) => line.startsWith('passed'))).toEqual([]);
  });

  test.each([
    ['test', /^SIMULATED: a rehearsal/m],
    ['native', /^rehearsal over a stand-in driver/m],
    ['bench', /^SIMULATED: a rehearsal/m],
  ])('%s is rehearsed over the stand-in driver, and says so', (what, word) => {
    const { status, lines } = runBundle(what, { VRAM_RESIDENCY_CUDA_DRIVER: STAND_IN });
    expect(lines.filter((line) => /^(?:FAILED|passed)/.test(line))).toEqual([]);
    expect(lines.join('\n')).toMatch(word);
    expect(status).toBe(0);
    expect(existsSync(join(scratch, 'vram-residency-gpu/results'))).toBe(false);
  });
});
