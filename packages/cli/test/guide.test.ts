import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner, MAIN } from './command.js';
import { consoleCommands, runInShell, withoutChance } from './console-blocks.js';

const guide = new URL('../README.md', import.meta.url);
const commands = consoleCommands(guide);
let runner: CommandRunner;
let environment: Record<string, string>;

beforeAll(() => {
  runner = new CommandRunner();
  const bin = join(runner.dir, 'bin');
  mkdirSync(bin);
  const command = join(bin, 'vram-residency');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(command, 0o755);
  environment = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    // The guide shows a machine without a driver, whatever this one has.
    VRAM_RESIDENCY_CUDA_DRIVER: join(runner.dir, 'libcuda.so.1'),
  };
});
afterAll(() => runner.remove());

test('the guide has commands, and those of each kind', () => {
  const text = commands.map(({ command }) => command).join('\n');
  for (const name of ['doctor', 'digest', 'seal', 'log'])
    expect(text).toContain(`vram-residency ${name} `.trimEnd());
});

test.each(commands)('$command', ({ command, printed }) => {
  const actual = runInShell(command, runner.dir, environment);
  expect(withoutChance(actual, runner.dir)).toBe(withoutChance(printed, runner.dir));
});
