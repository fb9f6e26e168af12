import { expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from './algorithms.js';
import { formatDigest, parseDigest } from './digest-text.js';
import { fromHex } from './hex.js';

const HEX = '0123456789abcdef'.repeat(4);
const digest = fromHex(HEX);

test.each(DIGEST_ALGORITHMS)('%s is written and read', (algorithm) => {
  expect(formatDigest({ algorithm, digest })).toBe(`${algorithm}:${HEX}`);
  expect(parseDigest(`${algorithm}:${HEX}`)).toEqual({ algorithm, digest });
  expect(parseDigest(`${algorithm}:${HEX.toUpperCase()}`, 'blake3')).toEqual({ algorithm, digest });
  expect(parseDigest(HEX, algorithm)).toEqual({ algorithm, digest });
});

test.each([
  '',
  ':',
  HEX,
  `:${HEX}`,
  `md5:${HEX}`,
  `SHA256:${HEX}`,
  `sha256:${HEX.slice(1)}`,
  `sha256:${HEX}0`,
  `sha256:${HEX}\n`,
  ` sha256:${HEX}`,
  `sha256:sha256:${HEX}`,
  `sha256:${'g'.repeat(64)}`,
  `sha256:${'aA'.repeat(32)}`,
  `__proto__:${HEX}`,
])('%o is no digest', (text) => {
  expect(() => parseDigest(text)).toThrow(sealError('MALFORMED_DIGEST'));
});

test('mistakes of the caller', () => {
  expect(() => parseDigest(7 as unknown as string)).toThrow(TypeError);
  expect(() => parseDigest(HEX, 'md5' as DigestAlgorithm)).toThrow(RangeError);
  expect(() => formatDigest({ algorithm: 'md5' as DigestAlgorithm, digest })).toThrow(RangeError);
  expect(() => formatDigest({ algorithm: 'blake3', digest: digest.subarray(1) })).toThrow(RangeError);
  expect(() => formatDigest({ algorithm: 'blake3', digest: HEX as unknown as Uint8Array })).toThrow(
    TypeError,
  );
});
