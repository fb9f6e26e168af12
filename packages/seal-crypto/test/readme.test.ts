import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';
import { SEAL_ERROR_CODES, SealError, type SealErrorCode } from '../src/seal-error.js';

const readme = new URL('../README.md', import.meta.url);

testReadmeExamples(readme);

test('the table of errors names every code, and what is retriable', () => {
  const rows = [...readFileSync(readme, 'utf8').matchAll(/^\| `([A-Z_]+)` +\| (yes|no) +\|/gm)];
  expect(rows.map(([, code]) => code)).toEqual(Object.keys(SEAL_ERROR_CODES));
  for (const [, code, retriable] of rows) {
    expect(new SealError(code as SealErrorCode, '').retriable).toBe(retriable === 'yes');
  }
});
