import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const STAND_IN = join(root, 'packages/cuda-backend/build/Release/vram-stand-in.so');
const NOTHING_RAN = 77;

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
