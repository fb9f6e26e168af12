import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MadeLog, makeLog } from './make-log.js';
import { runCommand } from './run-command.js';
import { segmentNames, withFile } from './tampering.js';

const log = makeLog(['event', 'event', 'rotate', 'event', 'close']);
let scratch: string;
let dir: string;
let out: string;

function put(name: string, files: MadeLog['files']): string {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'export-command-'));
  dir = put('log', log.files);
  out = join(scratch, 'out');
});
afterEach(() => rmSync(scratch, { recursive: true }));

const linesOf = (seqs: readonly number[]): string =>
  seqs.map((seq) => `${Buffer.from(log.lines[seq] as Uint8Array)}\n`).join('');
const all = [...log.lines.keys()];

describe('--format jsonl', () => {
  test('writes every line, byte for byte, and exits as verify does', async () => {
    const trusted = await runCommand(['export', dir, '--format', 'jsonl', '--out', out, '--vkey', log.vkey]);
    expect([trusted.code, trusted.error]).toEqual([0, '']);
    expect(trusted.out).toContain('VERIFIED');
    expect(readFileSync(out, 'utf8')).toBe(linesOf(all));
    const untrusted = await runCommand(['export', dir, '--format', 'jsonl', '--out', out]);
    expect(untrusted.code).toBe(11);
    expect(readdirSync(scratch).sort()).toEqual(['log', 'out']);
  });

  test('writes the records that fit the filter', async () => {
    const filter = ['--type', 'something_happened', '--since', '2026-01-02T03:04:07Z'];
    const { out: text } = await runCommand([
      ...['export', dir, '--format', 'jsonl', '--out', out, '--vkey', log.vkey, '--json'],
      ...filter,
    ]);
    expect(JSON.parse(text)).toMatchObject({
      format: 'jsonl',
      out,
      records: 2,
      added_files: 1,
      verification: { status: 'verified', exit_code: 0 },
    });
    expect(readFileSync(out, 'utf8')).toBe(linesOf([2, 5]));
  });

  test('writes what is left of a tampered log, and says so', async () => {
    const [first] = segmentNames(log.files) as [string];
    const bytes = Buffer.from(log.files.get(first) as Uint8Array);
    const spoiled = put('spoiled', withFile(log.files, first, Buffer.concat([Buffer.from('{}\n'), bytes])));
    const { code, out: text } = await runCommand(['export', spoiled, '--format', 'jsonl', '--out', out]);
    expect(code).toBe(10);
    expect(text).toContain('TAMPERED');
    expect(readFileSync(out, 'utf8')).toBe(linesOf(all));
  });

  test('leaves what is there as it was where a filter is none', async () => {
    writeFileSync(out, 'before');
    const { code } = await runCommand([
      ...['export', dir, '--format', 'jsonl', '--out', out, '--since', 'yesterday'],
    ]);
    expect([code, readFileSync(out, 'utf8')]).toEqual([2, 'before']);
    expect(readdirSync(scratch).sort()).toEqual(['log', 'out']);
  });
});

describe('--format tlog-tiles', () => {
  test('writes a tree, and a log that was rolled back adds nothing to it', async () => {
    const command = (directory: string): string[] => [
      ...['export', directory, '--format', 'tlog-tiles', '--out', out, '--vkey', log.vkey, '--json'],
    ];
    const { code, out: text } = await runCommand(command(dir));
    expect([code, JSON.parse(text)]).toMatchObject([0, { records: log.lines.length - 1, added_files: 2 }]);
    const young = put('young', makeLog(['event']).files);
    const refused = await runCommand(command(young));
    expect([refused.code, JSON.parse(refused.out)]).toMatchObject([12, { records: null, added_files: 0 }]);
    expect(readFileSync(join(out, 'checkpoint'), 'utf8')).toBe(log.notes.at(-1));
  });

  test('refuses a filter and the directory of a log', async () => {
    const filtered = await runCommand([
      ...['export', dir, '--format', 'tlog-tiles', '--out', out, '--type', 'log_closed'],
    ]);
    expect([filtered.code, existsSync(out)]).toEqual([2, false]);
    const inside = await runCommand(['export', dir, '--format', 'tlog-tiles', '--out', dir]);
    expect([inside.code, existsSync(join(dir, 'tile'))]).toEqual([2, false]);
  });
});

test.each([
  ['no log', ['--format', 'jsonl', '--out', 'x']],
  ['no format', ['LOG', '--out', 'x']],
  ['an unknown format', ['LOG', '--format', 'csv', '--out', 'x']],
  ['no path', ['LOG', '--format', 'jsonl']],
])('refuses %s', async (_, args) => {
  const { code, out: text } = await runCommand(['export', ...args.map((arg) => (arg === 'LOG' ? dir : arg))]);
  expect([code, text]).toEqual([2, '']);
});

test.each([
  ['jsonl', 'USAGE'],
  ['tlog-tiles', 'INVALID_SOURCE'],
])('refuses a path below a file: %s', async (format, reason) => {
  writeFileSync(out, 'a file');
  const { code, error } = await runCommand(['export', dir, '--format', format, '--out', join(out, 'below')]);
  expect([code, error]).toEqual([2, expect.stringContaining(`(${reason})`)]);
});
