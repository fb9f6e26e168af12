import { expect, test } from 'vitest';
import { parseByteCount, parseByteRate } from './byte-count.js';

test.each([
  ['1', 1],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['9007199254740992', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['01', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['1K', undefined],
  ['', undefined],
  [' 1', undefined],
])('%j is a count of %s bytes', (text, bytes) => {
  expect(parseByteCount(text)).toBe(bytes);
});

test.each([
  ['500', 500],
  ['500/s', 500],
  ['2K', 2048],
  ['64M', 67_108_864],
  ['64MiB', 67_108_864],
  ['64MiB/s', 67_108_864],
  ['1G/s', 1_073_741_824],
  ['8388608G', undefined],
  ['0M', undefined],
  ['1MB', undefined],
  ['1m', undefined],
  ['1iB', undefined],
  ['M', undefined],
  ['1M/m', undefined],
  ['', undefined],
])('%j is a rate of %s bytes a second', (text, bytes) => {
  expect(parseByteRate(text)).toBe(bytes);
});
