import { describe, expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { pattern } from '../test/vectors.js';
import { CHUNK_BYTES, chunkCount, digestFromChunks } from './chunks.js';
import { defaultEngines } from './default-engines.js';

const engines = defaultEngines();

test('an input has as many chunks as it fills, and at least one', () => {
  const sizes = [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES];
  expect(sizes.map(chunkCount)).toEqual([1, 1, 1, 2, 2]);
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, '1' as unknown as number]) {
    expect(() => chunkCount(wrong)).toThrow(RangeError);
  }
});

test('the first chunk alone is the whole tree or a node, which the size decides', () => {
  const chunk = pattern(CHUNK_BYTES);
  const [whole] = engines.chunkDigests('blake3', chunk);
  const [node] = engines.chunkDigests('blake3', chunk, { firstChunk: 0, sizeBytes: CHUNK_BYTES + 1 });
  expect(whole).toEqual(engines.digest('blake3', chunk));
  expect(node).not.toEqual(whole);
  expect(() => engines.chunkDigests('blake3', chunk, { firstChunk: 0 })).toThrow(RangeError);
});

test('elsewhere the size may be left out', () => {
  const bytes = pattern(3 * CHUNK_BYTES + 7);
  const chunks = [
    ...engines.chunkDigests('blake3', bytes.subarray(0, 2 * CHUNK_BYTES), { firstChunk: 0 }),
    ...engines.chunkDigests('blake3', bytes.subarray(2 * CHUNK_BYTES), { firstChunk: 2 }),
  ];
  expect(engines.digestFromChunks('blake3', chunks, bytes.length)).toEqual(engines.digest('blake3', bytes));
});

describe('a range that is not whole chunks of the input', () => {
  const sizeBytes = 2 * CHUNK_BYTES + 10;
  test.each([
    ['starts beyond it', CHUNK_BYTES, 3],
    ['is longer than its rest', 11, 2],
    ['ends inside a chunk', CHUNK_BYTES + 1, 0],
    ['is short at its end', 9, 2],
    ['is empty', 0, 0],
    ['has a negative number', CHUNK_BYTES, -1],
    ['has half a number', CHUNK_BYTES, 0.5],
  ])('%s', (_, length, firstChunk) => {
    const bytes = pattern(length);
    expect(() => engines.chunkDigests('blake3', bytes, { firstChunk, sizeBytes })).toThrow(RangeError);
  });
});

test('chunk digests that do not fit are refused', () => {
  const digest = new Uint8Array(32);
  expect(() => digestFromChunks('blake3', [], 0)).toThrow(RangeError);
  expect(() => digestFromChunks('blake3', [digest], CHUNK_BYTES + 1)).toThrow(RangeError);
  expect(() => digestFromChunks('blake3', [digest, digest], CHUNK_BYTES)).toThrow(RangeError);
  expect(() => digestFromChunks('blake3', [digest.subarray(1)], 1)).toThrow(RangeError);
  expect(() => digestFromChunks('blake3', ['x' as unknown as Uint8Array], 1)).toThrow(TypeError);
  expect(() => digestFromChunks('blake3', digest as unknown as Uint8Array[], 1)).toThrow(TypeError);
});

test('sha256 has no chunks', () => {
  expect(() => engines.chunkDigests('sha256', pattern(1))).toThrow(sealError('UNSUPPORTED'));
  expect(() => digestFromChunks('sha256', [new Uint8Array(32)], 1)).toThrow(sealError('UNSUPPORTED'));
});
