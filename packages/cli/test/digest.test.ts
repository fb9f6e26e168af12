import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner, MAIN } from './command.js';

let command: CommandRunner;
beforeAll(() => {
  command = new CommandRunner();
  for (const name of ['a', 'b c', 'new\nline', 'back\\slash', 'carriage\rreturn', 'tab\there']) {
    writeFileSync(join(command.dir, name), `${name} `.repeat(1000));
  }
  writeFileSync(join(command.dir, 'empty'), '');
  writeFileSync(join(command.dir, '-dash'), 'dash');
  symlinkSync('a', join(command.dir, 'link'));
  mkdirSync(join(command.dir, 'folder'));
});
afterAll(() => command.remove());

const NAMES = ['a', 'b c', 'new\nline', 'back\\slash', 'carriage\rreturn', 'tab\there', 'empty', 'link', '-'];
const BLAKE3_OF_NOTHING = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';
const FSVERITY_OF_NOTHING = '3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95';

test('--digest sha256 prints byte for byte what sha256sum prints', () => {
  const input = 'standard input';
  const { stdout, status } = spawnSync('sha256sum', ['--', ...NAMES], {
    cwd: command.dir,
    input,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(command.runWith({ input }, 'digest', '--digest', 'sha256', ...NAMES)).toEqual({
    code: 0,
    out: stdout,
    error: '',
  });
});

test('what it prints is what sha256sum --check reads', () => {
  const input = command.run('digest', '--digest', 'sha256', ...NAMES.slice(0, -1)).out;
  const checked = spawnSync('sha256sum', ['--check', '--strict', '--status'], { cwd: command.dir, input });
  expect(checked.status).toBe(0);
});

test.each([
  ['blake3', BLAKE3_OF_NOTHING],
  ['sha256-fsverity', FSVERITY_OF_NOTHING],
])('%s of nothing is %s', (algorithm, digest) => {
  expect(command.run('digest', '--digest', algorithm, 'empty').out).toBe(`${digest}  empty\n`);
  expect(command.runWith({ input: '' }, 'digest', '--digest', algorithm, '-').out).toBe(`${digest}  -\n`);
});

test('blake3 is the default, and escapes as b3sum does', () => {
  const { out } = command.run('digest', 'back\\slash', 'carriage\rreturn', '--', '-dash');
  expect(out).toMatch(
    /^\\[0-9a-f]{64} {2}back\\\\slash\n[0-9a-f]{64} {2}carriage\rreturn\n[0-9a-f]{64} {2}-dash\n$/,
  );
});

test('files that cannot be read are told of, and the others are digested', () => {
  const { code, out, error } = command.run('digest', 'nothing', 'empty', 'folder', 'empty');
  expect(code).toBe(2);
  expect(out).toBe(`${BLAKE3_OF_NOTHING}  empty\n`.repeat(2));
  expect(error).toBe(
    'vram-residency: nothing: The file could not be opened: ENOENT (READ_FAILED). ' +
      'Check the path, its permissions and the disk.\n' +
      'vram-residency: folder: The path leads to something other than a regular file (NOT_A_FILE). ' +
      'Give the path of a regular file, or - for standard input.\n',
  );
});

test('standard input is read once, and a directory in its place is no empty file', () => {
  expect(command.runWith({ input: 'x' }, 'digest', '-', '-')).toMatchObject({ code: 2, out: '' });
  const stdin = openSync(join(command.dir, 'folder'), 'r');
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'digest', '-'], {
    stdio: [stdin, 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('(NOT_A_FILE)');
});
