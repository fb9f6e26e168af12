import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLog, type Step } from './make-log.js';
import { linesOf, segmentNames } from './tampering.js';

// What only a process of its own can show: signals, pipes that close, devices that are full.

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const log = makeLog([...Array.from({ length: 2000 }, (): Step => 'event'), 'close']);
const [segment] = segmentNames(log.files) as [string];
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'command-process-'));
  for (const [name, bytes] of log.files) writeFileSync(join(dir, name), bytes);
});
afterAll(() => rmSync(dir, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  /** Everything written to stderr so far. */
  readonly error: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

function start(args: readonly string[], stdout: 'pipe' | number = 'pipe'): Running {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', stdout, 'pipe'], env: {} });
  let error = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, error: () => error, ended };
}

/** Reads stdout until `isEnough`. */
function readUntil({ child }: Running, isEnough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (isEnough(text)) resolve(text);
    });
  });
}

test.each([
  ['show', ['show']],
  ['show --json', ['show', '--json']],
  ['show --follow', ['show', '--follow']],
])('%s ends without a word when its reader goes', async (_, args) => {
  const running = start([...args, dir]);
  await readUntil(running, () => true);
  running.child.stdout?.destroy();
  expect(await running.ended).toEqual({ code: 0, signal: null });
  expect(running.error()).toBe('');
});

test('a verdict holds though nobody reads it', async () => {
  const running = start(['verify', dir]);
  running.child.stdout?.destroy();
  expect(await running.ended).toEqual({ code: 11, signal: null });
  expect(running.error()).toBe('');
});

test('results that cannot be written are not exited as if they were', async () => {
  const running = start(['show', dir], openSync('/dev/full', 'w'));
  expect(await running.ended).toEqual({ code: 1, signal: null });
  expect(running.error()).toMatch(/^audit-chain: The results cannot be written: ENOSPC[^\n]*\n$/);
});

test('show --follow --json prints a record on each line as it comes, until SIGINT', async () => {
  const followed = mkdtempSync(join(tmpdir(), 'command-follow-'));
  const lines = linesOf(log.files, segment);
  writeFileSync(join(followed, segment), Buffer.concat(lines.slice(0, 2)));
  const running = start(['show', followed, '--follow', '--json']);
  const three = readUntil(running, (text) => text.split('\n').length > 3);
  setTimeout(() => appendFileSync(join(followed, segment), lines[2] as Uint8Array), 100);
  expect(await three).toBe(Buffer.concat(lines.slice(0, 3)).toString());
  running.child.kill('SIGINT');
  expect(await running.ended).toEqual({ code: 0, signal: null });
  expect(running.error()).toBe('');
  rmSync(followed, { recursive: true });
});
