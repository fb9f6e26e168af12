import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { isBuilt } from './stand-in.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const build = join(packageFolder, 'build/Release');
const control = join(build, 'stand_in_control.node');
const scratch = mkdtempSync(join(tmpdir(), 'vram-copies-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs one of the programs over the stand-in. A crash of it ends this test's run with a signal in the result. */
function runProgram(name: string, args: readonly string[], flags: readonly string[] = []) {
  const program = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, VRAM_RESIDENCY_CUDA_DRIVER: join(build, 'vram-stand-in.so') },
  });
  return { status, signal, stdout, stderr };
}

/** A copy of this package with an addon of its own, which the system takes for another library. */
function copyPackage(name: string): string {
  const copy = join(scratch, name);
  mkdirSync(join(copy, 'build/Release'), { recursive: true });
  cpSync(join(packageFolder, 'dist'), join(copy, 'dist'), { recursive: true });
  copyFileSync(join(packageFolder, 'package.json'), join(copy, 'package.json'));
  copyFileSync(join(build, 'vram_residency_cuda.node'), join(copy, 'build/Release/vram_residency_cuda.node'));
  symlinkSync(join(packageFolder, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

describe.skipIf(!isBuilt)('the addon at the end of what uses it', () => {
  it('gives everything back when worker threads are ended at any moment', () => {
    const { stdout, ...end } = runProgram('many-workers.mjs', [control]);
    expect(end).toEqual({ status: 0, signal: null, stderr: '' });
    const held = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(held).length).toBeGreaterThan(7);
    expect(Object.values(held).every((count) => count === 0)).toBe(true);
  });

  it('may be loaded twice, and each copy outlives the other', () => {
    const { stdout, ...end } = runProgram('two-copies.mjs', [
      copyPackage('first'),
      copyPackage('second'),
      control,
    ]);
    expect(end).toEqual({ status: 0, signal: null, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ digests: 1, addons: 2, held: 0 });
  });

  it.each([
    ['exit', 3],
    ['throw', 1],
    ['return', 0],
  ])('lets a process end by %s with requests under way', (how, expected) => {
    for (let round = 0; round < 3; round++) {
      const { status, signal } = runProgram('exit-under-way.mjs', [how]);
      expect({ status, signal }).toEqual({ status: expected, signal: null });
    }
  });

  it('gives back a device that nobody closed', () => {
    const { stdout } = runProgram('exit-under-way.mjs', ['forget', control], ['--expose-gc']);
    expect(stdout).toBe('contexts 0\n');
  });
});
