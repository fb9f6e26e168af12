import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runAuditChain } from '@vram-residency/audit-chain/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner, MAIN } from './command.js';

let command: CommandRunner;
beforeAll(() => {
  command = new CommandRunner();
});
afterAll(() => command.remove());

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

test('--version', () => {
  expect(command.run('--version')).toEqual({
    code: 0,
    out: `vram-residency ${manifest.version}\n`,
    error: '',
  });
});

test.each([['--help'], ['-h'], ['help']])('%s lists the commands and the exit codes', (argument) => {
  const { code, out, error } = command.run(argument);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  for (const name of ['doctor', 'digest', 'seal', 'log']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  for (const exitCode of [0, 1, 2, 10, 11, 12, 13, 14, 15])
    expect(out).toMatch(new RegExp(`[:;]\\s${exitCode} `));
});

test.each(['doctor', 'digest', 'seal'])(
  '%s --help has an example, the variables and the exit codes',
  (name) => {
    const { code, out, error } = command.run(name, '--help');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(new RegExp(`^Usage: vram-residency ${name} `));
    for (const part of ['Example:\n', 'Environment variables:', 'Exit codes: 0 '])
      expect(out).toContain(part);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  },
);

test.each([
  [[], 'Expected a command: doctor, digest, seal or log', '--help'],
  [['nonsense'], 'There is no command nonsense: expected doctor, digest, seal or log', '--help'],
  [['a\u001bb'], 'There is no command a\\u{1b}b: expected doctor, digest, seal or log', '--help'],
  [['doctor', '--jsn'], "Unknown option '--jsn'", 'doctor --help'],
  [['doctor', 'cuda'], 'Expected no argument but --json', 'doctor --help'],
  [['digest'], 'Expected a file, or - for standard input', 'digest --help'],
  [['digest', 'a', '--digest'], "Option '--digest <value>' argument missing", 'digest --help'],
  [
    ['digest', 'a', '--digest', 'md5'],
    'Expected --digest blake3, sha256-fsverity or sha256',
    'digest --help',
  ],
  [['seal'], 'Expected a file to seal', 'seal --help'],
  [['seal', 'a', '--scrub', '1M'], 'Expected --hold where --scrub is given', 'seal --help'],
])('%j is one sentence, exit code 2, and where to read on', (args, sentence, help) => {
  expect(command.run(...args)).toEqual({
    code: 2,
    out: '',
    error: `vram-residency: ${sentence} (USAGE). See vram-residency ${help}.\n`,
  });
});

test('log does what audit-chain does', () => {
  expect(command.run('log', '--help').out).toContain('audit-chain verify');
  expect(command.run('log', 'verify', 'nothing')).toMatchObject({
    code: 2,
    error: expect.stringContaining('(NOT_A_LOG)'),
  });
});

test('a reader that goes away is no error', async () => {
  const running = command.start('digest', ...Array(200).fill(MAIN));
  running.child.stdout?.destroy();
  expect(await running.end()).toMatchObject({ code: 0, error: '' });
});

test.each(['doctor', `digest ${MAIN} ${MAIN}`])('a result of %s that cannot be written is one', (args) => {
  const { status, stderr } = spawnSync(`${process.execPath} ${MAIN} ${args} > /dev/full`, {
    shell: true,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'vram-residency: Standard output cannot be written (ENOSPC). Make room where it goes, and run the command again.\n',
  );
});

test('nothing is coloured, and no progress is shown where no terminal is', () => {
  for (const args of [['doctor'], ['--help'], ['seal', MAIN]]) {
    const { out, error } = command.runWith({ environment: { FORCE_COLOR: '1' } }, ...args);
    expect(out + error).not.toMatch(/[\u001b\r]/);
  }
});

test.each(['ok-with-root-key', 'changed-field', 'torn-tail'])(
  'log verify comes to the verdict of audit-chain over the log %s',
  async (name) => {
    const log = fileURLToPath(new URL(`../../audit-chain/test/vectors/logs/${name}`, import.meta.url));
    const args = ['verify', log, '--json'];
    let out = '';
    const code = await runAuditChain(args, {
      out: (text) => {
        out += text;
      },
      error: () => undefined,
      environment: {},
    });
    const environment = { VRAM_RESIDENCY_AUDIT_SECRET: undefined };
    expect(command.runWith({ environment }, 'log', ...args)).toMatchObject({ code, out });
    expect(JSON.parse(out).records).toBeGreaterThan(0);
  },
);
