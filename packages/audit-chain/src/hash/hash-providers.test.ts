import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes.js';
import { nodeHashes } from '../node/node-hashes.js';
import { nobleHashes } from './noble-hashes.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array, bytes: Uint8Array): string =>
  createHmac('sha256', key).update(bytes).digest('hex');

// Around the lengths of a block, of a record at its longest, and beyond.
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 460, 65_535, 65_536, 65_600, 65_601, 70_000];

describe.each([nobleHashes, nodeHashes])('$name', (hashes) => {
  test.each(LENGTHS)('is SHA-256 and HMAC-SHA256 of %i bytes', (length) => {
    const bytes = randomBytes(length);
    expect(toHex(hashes.sha256(bytes))).toBe(sha256(bytes));
    const middle = length >> 1;
    expect(toHex(hashes.sha256(bytes.subarray(0, middle), bytes.subarray(middle)))).toBe(sha256(bytes));
    for (const keyBytes of [1, 32, 64, 65]) {
      const raw = randomBytes(keyBytes);
      const key = hashes.macKey(raw);
      expect(toHex(key.mac(bytes))).toBe(hmac(raw, bytes));
      expect(key.macHex(bytes)).toBe(hmac(raw, bytes));
    }
  });

  test('keeps digests and keys apart from each other', () => {
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
    const first = hashes.sha256(one);
    const [keyOne, keyTwo] = [hashes.macKey(one), hashes.macKey(two)];
    hashes.sha256(two);
    expect(toHex(first)).toBe(sha256(one));
    expect(keyTwo.macHex(one)).toBe(hmac(two, one));
    expect(keyOne.macHex(two)).toBe(hmac(one, two));
  });

  test('a key that was destroyed makes no MAC', () => {
    const key = hashes.macKey(randomBytes(32));
    key.destroy();
    expect(() => key.mac(Uint8Array.of(1))).toThrow();
    expect(() => key.macHex(Uint8Array.of(1))).toThrow();
  });
});
