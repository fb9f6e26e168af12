import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DigestAlgorithm } from '../src/algorithms.js';
import { CHUNK_BYTES, digestFromChunks } from '../src/chunks.js';
import { DigestEngines } from '../src/digest-engines.js';
import type { DigestEngine } from '../src/engine.js';
import { toHex } from '../src/hex.js';
import { nobleEngine } from '../src/noble-engine.js';
import { sealError } from './seal-error.js';
import { digestVectors, pattern } from './vectors.js';

const REFERENCE = new DigestEngines([nobleEngine]);

/** Ends of pieces into which an input of this size is split: many near the borders of blocks, leaves and chunks. */
function cuts(sizeBytes: number): fc.Arbitrary<readonly number[]> {
  const border = fc
    .tuple(fc.constantFrom(64, 1024, 4096, CHUNK_BYTES), fc.nat(8), fc.integer({ min: -1, max: 1 }))
    .map(([unit, times, shift]) => unit * times + shift);
  return fc
    .array(fc.oneof(fc.nat(sizeBytes), border), { maxLength: 12 })
    .map((ends) =>
      [...ends.map((end) => Math.max(0, Math.min(end, sizeBytes))), sizeBytes].sort((a, b) => a - b),
    );
}

/** Declares tests of everything that an engine promises. */
export function describeEngine(engine: DigestEngine): void {
  describe(`engine ${engine.name}`, () => {
    const engines = new DigestEngines([engine]);
    const some = engine.algorithms[0] as DigestAlgorithm;

    describe.each(engine.algorithms)('%s', (algorithm) => {
      test.each(digestVectors)('vector of $length bytes', (vector) => {
        expect(toHex(engines.digest(algorithm, pattern(vector.length)))).toBe(vector[algorithm]);
      });

      test('gives the digest of the reference for any input, split anywhere', () => {
        const input = fc.uint8Array({ maxLength: 20_000 });
        const split = input.chain((bytes) => fc.tuple(fc.constant(bytes), cuts(bytes.length)));
        fc.assert(
          fc.property(split, ([bytes, ends]) => {
            const hasher = engines.createHasher(algorithm);
            let start = 0;
            for (const end of ends) {
              hasher.update(bytes.subarray(start, end));
              start = end;
            }
            expect(toHex(hasher.digest())).toBe(toHex(REFERENCE.digest(algorithm, bytes)));
          }),
          { numRuns: 60 },
        );
      });

      test('takes more than a chunk in pieces that end anywhere', () => {
        const bytes = pattern(3 * CHUNK_BYTES + 1);
        const expected = toHex(engines.digest(algorithm, bytes));
        fc.assert(
          fc.property(cuts(bytes.length), (ends) => {
            const hasher = engines.createHasher(algorithm);
            let start = 0;
            for (const end of ends) {
              hasher.update(bytes.subarray(start, end));
              start = end;
            }
            expect(toHex(hasher.digest())).toBe(expected);
          }),
          { numRuns: 4 },
        );
      });

      test('reads bytes where they lie in a larger buffer, and does not keep them', () => {
        const buffer = pattern(10_003);
        const hasher = engines.createHasher(algorithm);
        const piece = Uint8Array.from(buffer.subarray(3, 5003));
        hasher.update(piece);
        piece.fill(0);
        hasher.update(buffer.subarray(5003));
        expect(hasher.digest()).toEqual(engines.digest(algorithm, buffer.slice(3)));
      });
    });

    const trees = engine.algorithms.filter((algorithm) => algorithm !== 'sha256');
    describe.each(trees.filter((algorithm) => engine.chunkDigests?.[algorithm]))(
      'chunks of %s',
      (algorithm) => {
        test.each([
          0,
          1,
          4096,
          4097,
          CHUNK_BYTES - 1,
          CHUNK_BYTES,
          CHUNK_BYTES + 1,
          2 * CHUNK_BYTES,
          2 * CHUNK_BYTES + 4097,
          3 * CHUNK_BYTES,
          5 * CHUNK_BYTES + 1,
          8 * CHUNK_BYTES,
        ])('of an input of %i bytes recombine to its digest', (sizeBytes) => {
          const bytes = pattern(sizeBytes);
          const chunks = engines.chunkDigests(algorithm, bytes);
          expect(digestFromChunks(algorithm, chunks, sizeBytes)).toEqual(engines.digest(algorithm, bytes));
        });

        test('are the same for any range of chunks', () => {
          const bytes = pattern(5 * CHUNK_BYTES + 99);
          const all = engines.chunkDigests(algorithm, bytes);
          fc.assert(
            fc.property(fc.nat(5), fc.integer({ min: 1, max: 6 }), (firstChunk, count) => {
              const start = firstChunk * CHUNK_BYTES;
              const range = bytes.subarray(start, start + count * CHUNK_BYTES);
              expect(engines.chunkDigests(algorithm, range, { firstChunk, sizeBytes: bytes.length })).toEqual(
                all.slice(firstChunk, firstChunk + count),
              );
            }),
            { numRuns: 8 },
          );
        });

        test('say which chunk has changed', () => {
          const bytes = pattern(3 * CHUNK_BYTES + 5);
          const before = engines.chunkDigests(algorithm, bytes);
          bytes[2 * CHUNK_BYTES] = 255;
          const after = engines.chunkDigests(algorithm, bytes);
          const changed = after.map((digest, i) => toHex(digest) !== toHex(before[i] as Uint8Array));
          expect(changed).toEqual([false, false, true, false]);
        });
      },
    );

    test.each(['update', 'digest'] as const)('%s after the end is refused', (method) => {
      for (const end of ['digest', 'destroy'] as const) {
        const hasher = engines.createHasher(some);
        hasher.update(pattern(100));
        hasher[end]();
        expect(() => hasher[method](pattern(1))).toThrow(sealError('HASHER_FINISHED'));
        expect(() => hasher.destroy()).not.toThrow();
      }
    });

    test.each<[unknown]>([['text'], [7], [undefined], [[1, 2]], [new Uint16Array(2)]])(
      'input %o is a TypeError',
      (wrong) => {
        expect(() => engines.digest(some, wrong as Uint8Array)).toThrow(TypeError);
        expect(() => engines.createHasher(some).update(wrong as Uint8Array)).toThrow(TypeError);
      },
    );
  });
}
