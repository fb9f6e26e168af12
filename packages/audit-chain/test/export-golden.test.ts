import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportRecords } from '../src/node/export-records.js';
import { exportTiles } from '../src/node/export-tiles.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { logCases, logFiles } from './vectors.js';

const GOLDEN = join(import.meta.dirname, 'golden');
const NAME = 'ok-keyless';
const vkey = logCases.find(({ name }) => name === NAME)?.vkey as string;
const source = fromBytes(logFiles(NAME));
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'export-golden-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function contents(directory: string): ReadonlyMap<string, string> {
  const names = (readdirSync(directory, { recursive: true }) as string[]).sort();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name), 'base64')]));
}

test('a tiled log is as it was', async () => {
  const out = join(scratch, 'tlog-tiles');
  expect((await exportTiles(source, out, { vkey })).verification.status).toBe('verified');
  const golden = contents(join(GOLDEN, 'tlog-tiles'));
  expect(golden.size).toBe(3);
  expect(contents(out)).toEqual(golden);
});

test('records that are not INFO are as they were', async () => {
  const out = join(scratch, 'not-info.jsonl');
  const { records } = await exportRecords(source, out, {
    vkey,
    filter: { severity: ['WARNING', 'CRITICAL'] },
  });
  const golden = readFileSync(join(GOLDEN, 'not-info.jsonl'), 'utf8');
  expect(records).toBe(golden.split('\n').length - 1);
  expect(records).toBeGreaterThan(0);
  expect(readFileSync(out, 'utf8')).toBe(golden);
});
