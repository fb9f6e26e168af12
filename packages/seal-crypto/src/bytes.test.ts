import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalBytes } from './bytes.js';
import { fromHex, toHex } from './hex.js';

test('equal bytes are equal, and no others', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
      expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
    }),
  );
  const bytes = fromHex('00ff80');
  for (let bit = 0; bit < 24; bit++) {
    const other = Uint8Array.from(bytes);
    other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(equalBytes(bytes, other)).toBe(false);
  }
  expect(() => equalBytes(bytes, '00ff80' as unknown as Uint8Array)).toThrow(TypeError);
});

test('hex is written and read', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
  for (const wrong of ['0', 'AB', '0g', ' 00', '0x00', '00\n'])
    expect(() => fromHex(wrong)).toThrow(RangeError);
  expect(() => fromHex(12 as unknown as string)).toThrow(TypeError);
  expect(() => toHex([1] as unknown as Uint8Array)).toThrow(TypeError);
});
