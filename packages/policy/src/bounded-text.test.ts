import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedText } from './bounded-text.js';

const sizeBytes = (text: string) => new TextEncoder().encode(text).length;

test.each([
  ['a', 1024, 1024],
  ['a', 1025, 1024],
  ['é', 512, 1024],
  ['é', 513, 1023],
  ['€', 341, 1023],
  ['€', 342, 1023],
  ['🔒', 256, 1024],
  ['🔒', 257, 1023],
])('%s, %i times, is %i bytes', (character, times, expected) => {
  const text = character.repeat(times);
  const result = boundedText(text);
  expect(sizeBytes(result)).toBe(expected);
  expect(result === text).toBe(sizeBytes(text) <= 1024);
});

test('what fits stays as it is, and what does not is cut between two characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600, size: 'max' }), (text) => {
      const result = boundedText(text);
      expect(sizeBytes(result)).toBeLessThanOrEqual(1024);
      if (sizeBytes(text) <= 1024) {
        expect(result).toBe(text);
      } else {
        expect(result.endsWith('…')).toBe(true);
        expect(text.startsWith(result.slice(0, -1))).toBe(true);
        expect(sizeBytes(result)).toBeGreaterThan(1024 - 4);
      }
    }),
    { endOnFailure: true },
  );
});

test('what is not well-formed is made so', () => {
  expect(boundedText('a\ud800b')).toBe('a\ufffdb');
  expect(boundedText('\ufeffa')).toBe('\ufeffa');
});
