import { expect, test } from 'vitest';
import { checksumLine } from './checksum-line.js';

// Compared with b3sum 1.2.0 and sha256sum of coreutils 9.1.
test.each([
  ['blake3', 'a b', 'ff  a b'],
  ['blake3', 'a\tb', 'ff  a\tb'],
  ['blake3', 'a\\b', '\\ff  a\\\\b'],
  ['blake3', 'a\nb', '\\ff  a\\nb'],
  ['blake3', 'a\rb', 'ff  a\rb'],
  ['sha256', 'a\rb', '\\ff  a\\rb'],
  ['sha256', '\\\n\\', '\\ff  \\\\\\n\\\\'],
  ['sha256-fsverity', 'a\rb', '\\ff  a\\rb'],
] as const)('%s of %j', (algorithm, file, line) => {
  expect(checksumLine(algorithm, 'ff', file)).toBe(line);
});
