import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Program } from './support/program.js';

const demo = fileURLToPath(new URL('../examples/demo', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-demo-'));
const folder = join(scratch, 'files');
afterAll(() => rmSync(scratch, { recursive: true }));

async function run(file: string, environment: Record<string, string> = {}) {
  return new Program(demo, file === '' ? [] : [file], scratch, { DEMO_DIR: folder, ...environment }).ended();
}

/** A path that exists in `scratch`, with this content. */
function fileOf(name: string, content: string): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ['a file that is not there', join(scratch, 'absent'), /^There is no file "[^"]+"\.\n$/],
  ['a directory', tmpdir(), /^"[^"]+" is not a regular file\.\n$/],
  ['an empty file', fileOf('empty', ''), /^The file "[^"]+" is empty: there is nothing to seal\.\n$/],
])('%s is refused in one sentence, and leaves nothing', async (_, file, sentence) => {
  const { output, exitCode } = await run(file);
  expect(output).toMatch(sentence);
  expect(exitCode).toBe(1);
  expect(readdirSync(scratch)).not.toContain('files');
});

// A superuser may read every file, so the program then runs as nobody, if nobody may run it where this repository lies.
const isSuperuser = process.getuid?.() === 0;
const nobody = isSuperuser ? { uid: 65_534, gid: 65_534 } : {};
const canRun = spawnSync(process.execPath, ['--check', join(demo, 'main.mjs')], nobody).status === 0;

test.skipIf(!canRun)('a file that may not be read is refused in one sentence', async () => {
  const file = fileOf('secret', 'x');
  chmodSync(scratch, 0o755);
  chmodSync(file, 0);
  const { output, exitCode } = await new Program(demo, [file], scratch, {}, nobody).ended();
  expect(output).toMatch(/^The file "[^"]+" may not be read by this user\.\n$/);
  expect(exitCode).toBe(1);
});

test.each(['0', '1025', '1.5', 'large', ''])('a size of %j MiB is refused in one sentence', async (size) => {
  const { output, exitCode } = await run('', { DEMO_MODEL_MIB: size });
  expect(output).toMatch(/^DEMO_MODEL_MIB is ".*", not a whole number from 1 to 1024\.\n$/);
  expect(exitCode).toBe(1);
});

test.each([1, 4097])("a user's own file of %i bytes goes all the way", async (sizeBytes) => {
  const { output, exitCode } = await run(fileOf(`own-${sizeBytes}`, 'm'.repeat(sizeBytes)));
  expect(output).toContain(`model: ${sizeBytes} bytes are what was sealed\n`);
  expect(output).toMatch(/with the public key: verified, .*\n {3}with the root key: {3}verified,/);
  expect(exitCode).toBe(0);
});

test('a folder for its files that cannot be made is told without a stack trace', async () => {
  const { output, exitCode } = await run(fileOf('model', 'm'), {
    DEMO_DIR: join(fileOf('file', ''), 'below'),
  });
  expect(output).toMatch(/^ENOTDIR: .*\n$/);
  expect(exitCode).toBe(1);
});
