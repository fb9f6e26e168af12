import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import * as everywhere from '../src/index.js';
import * as node from '../src/node/index.js';
import { SEAL_ERROR_CODES, SealError } from '../src/seal-error.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'seal-crypto-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODULES: Readonly<Record<string, object>> = {
  '@vram-residency/seal-crypto': everywhere,
  '@vram-residency/seal-crypto/node': node,
  'node:fs/promises': { writeFile: (name: string, text: string) => fs.writeFile(join(folder, name), text) },
};

/** The example as the body of a function: imports from `modules`, no types, files in the folder. */
function body(example: string): string {
  return example
    .replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = modules[$2];')
    .replaceAll(' as const', '')
    .replaceAll("digestFile('", `digestFile('${folder}/`);
}

const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, example = '']) => [example] as const);

describe('an example of the README', () => {
  test.each(examples)('%#', async (example) => {
    const printed: string[] = [];
    const run = new Function('modules', 'console', `return (async () => {${body(example)}})()`) as (
      modules: object,
      console: object,
    ) => Promise<void>;
    await run(MODULES, { log: (...values: unknown[]) => printed.push(format(...values)) });
    expect(printed).toEqual([...example.matchAll(/\/\/ prints (.*)/g)].map(([, text]) => text));
    expect(printed).not.toEqual([]);
  });
});

test('the table of errors names every code, and what is retriable', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| (yes|no) +\|/gm)];
  expect(rows.map(([, code]) => code)).toEqual(Object.keys(SEAL_ERROR_CODES));
  for (const [, code, retriable] of rows) {
    expect(new SealError(code as everywhere.SealErrorCode, '').retriable).toBe(retriable === 'yes');
  }
});
