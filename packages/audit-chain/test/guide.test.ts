import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';
import { DURABLE_RECORD, stepsOf } from './system-calls.js';

const guide = new URL('../README.md', import.meta.url);
const text = readFileSync(guide, 'utf8');

testReadmeExamples(guide);

/** Every command of the guide, in order, and what it says that it prints. */
const commands = Array.from(text.matchAll(/^```console\n([\s\S]*?)^```$/gm), ([, block = '']) =>
  block.split(/^\$ /m).slice(1),
)
  .flat()
  .map((shown) => {
    const end = shown.indexOf('\n');
    return { command: shown.slice(0, end), printed: shown.slice(end + 1) };
  });

/** What is other in every run, as one example of it. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{64}/g, '<32 bytes>'],
  [/(?<=gpu-0\/)[0-9a-f]{16}/g, '<8 bytes>'],
  [/\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}/g, '<public key>'],
  [/\+[0-9a-f]{8}\+[A-Za-z0-9+/]{25}…/g, '<public key…>'],
  [/(?<=\\n2\\n)[A-Za-z0-9+/]{29}…/g, '<root hash…>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<time>'],
];
const withoutChance = (printed: string): string =>
  CHANCE.reduce((left, [pattern, words]) => left.replace(pattern, words), printed);

describe('a command of the guide', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'audit-chain-guide-'));
    mkdirSync(join(scratch, 'bin'));
    const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const command = join(scratch, 'bin/audit-chain');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(command, 0o755);
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  test.each(commands)('prints what the guide says: $command', ({ command, printed }) => {
    const env = { PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}` };
    const options = { cwd: scratch, encoding: 'utf8', env } as const;
    const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], options);
    expect(withoutChance(stdout)).toBe(withoutChance(printed));
  });

  test('is there for each thing to do', () => {
    const shown = commands.map(({ command }) => command.split(' ').slice(0, 2).join(' '));
    const expected = ['init', 'vkey', 'verify', 'show', 'prove', 'verify-proof'];
    expect(shown).toEqual(expect.arrayContaining(expected.map((name) => `audit-chain ${name}`)));
  });
});

test('the guide shows what the kernel sees', () => {
  const [, excerpt = ''] = /```\n(\d+ +openat[\s\S]*?)```/.exec(text) ?? [];
  expect(stepsOf(excerpt)).toEqual(DURABLE_RECORD);
});
