import assert from 'node:assert/strict';
import {
  CHUNK_BYTES,
  type DigestEngines,
  defaultEngines,
  digestFromChunks,
} from '@vram-residency/seal-crypto';
import type { Allocation } from '../allocation.js';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled, IN_PLACE, MIB, numbersFrom, rejectsRange, rejectsWithCode } from './support.js';

const NO_CHUNKS = 'the backend has no digests of chunks';

const reference: DigestEngines = defaultEngines();

export const digestCases: readonly ConformanceCase[] = [
  deviceCase('digests in place are those of seal-crypto, at sizes around every boundary', async (device) => {
    const boundaries = [64, 1024, 4096, 128 * 4096, CHUNK_BYTES, MIB, 2 * MIB];
    const sizes = [1, ...boundaries.flatMap((size) => [size - 1, size, size + 1]), 3 * MIB + 77];
    for (const [seed, sizeBytes] of sizes.entries()) {
      const { allocation, bytes } = await filled(device, sizeBytes, seed);
      for (const algorithm of IN_PLACE) {
        const digest = await allocation.digest(algorithm);
        assert.deepEqual(digest, reference.digest(algorithm, bytes), `${algorithm} of ${sizeBytes} bytes`);
      }
      await allocation.free();
    }
  }),
  deviceCase('the digest of a range is that of its bytes as a message of its own', async (device) => {
    const { allocation, bytes } = await filled(device, 2 * MIB + 333, 31);
    const next = numbersFrom(32);
    for (let i = 0; i < 24; i++) {
      const offset = next() % bytes.length;
      const length = 1 + (next() % Math.min(bytes.length - offset, i < 16 ? 9000 : MIB + 5));
      for (const algorithm of IN_PLACE) {
        const digest = await allocation.digest(algorithm, { offset, length });
        const expected = reference.digest(algorithm, bytes.subarray(offset, offset + length));
        assert.deepEqual(digest, expected, `${algorithm} of ${length} bytes at ${offset}`);
      }
    }
  }),
  deviceCase('a digest in the background is the same digest', async (device) => {
    const { allocation, bytes } = await filled(device, 3 * MIB + 333, 38);
    const range = { offset: CHUNK_BYTES, length: 2 * CHUNK_BYTES };
    const slice = bytes.subarray(range.offset, range.offset + range.length);
    const options = { background: true };
    for (const algorithm of IN_PLACE) {
      const [whole, part, again] = await Promise.all([
        allocation.digest(algorithm, undefined, options),
        allocation.digest(algorithm, range, options),
        allocation.digest(algorithm),
      ]);
      assert.deepEqual(whole, reference.digest(algorithm, bytes));
      assert.deepEqual(part, reference.digest(algorithm, slice));
      assert.deepEqual(again, whole);
      const chunks = await allocation.chunkDigests?.(algorithm, undefined, options);
      assert.deepEqual(chunks, await allocation.chunkDigests?.(algorithm));
    }
    return undefined;
  }),
  deviceCase('every changed bit changes the digest, and changing it back restores it', async (device) => {
    const { allocation, bytes } = await filled(device, CHUNK_BYTES + 4096 + 1, 33);
    for (const offset of [0, 1023, 4096, CHUNK_BYTES - 1, CHUNK_BYTES, bytes.length - 1]) {
      const byte = bytes.slice(offset, offset + 1);
      for (const algorithm of IN_PLACE) {
        const before = await allocation.digest(algorithm);
        await allocation.write(offset, Uint8Array.of((byte[0] as number) ^ 1));
        assert.notDeepEqual(await allocation.digest(algorithm), before, `${algorithm}, byte ${offset}`);
        await allocation.write(offset, byte);
        assert.deepEqual(await allocation.digest(algorithm), before);
      }
    }
  }),
  deviceCase('the bytes that an allocation has beyond its size belong to no digest', async (device) => {
    const first = await filled(device, 5000, 34);
    await first.allocation.free();
    const { allocation, bytes } = await filled(device, 4999, 34);
    for (const algorithm of IN_PLACE) {
      assert.deepEqual(await allocation.digest(algorithm), reference.digest(algorithm, bytes));
    }
  }),
  deviceCase('a digest over nothing is refused, for it would verify nothing', async (device) => {
    const { allocation } = await filled(device, 100, 35);
    await rejectsRange(allocation.digest('blake3', { offset: 0, length: 0 }));
    await rejectsRange(allocation.digest('blake3', { offset: 100, length: 0 }));
  }),
  deviceCase('a digest that is no tree is refused', async (device) => {
    const { allocation } = await filled(device, 100, 36);
    await rejectsWithCode(allocation.digest('sha256'), 'UNSUPPORTED_DIGEST');
    await rejectsWithCode(allocation.digest('md5' as 'sha256'), 'UNSUPPORTED_DIGEST');
  }),
  deviceCase(
    'the digests of chunks join to the digest of the whole, at sizes around a chunk',
    async (device) => {
      for (const [seed, sizeBytes] of [
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * MIB + 5,
      ].entries()) {
        const { allocation, bytes } = await filled(device, sizeBytes, seed);
        if (allocation.chunkDigests === undefined) return NO_CHUNKS;
        for (const algorithm of IN_PLACE) {
          const digests = await allocation.chunkDigests(algorithm);
          const joined = digestFromChunks(algorithm, digests, sizeBytes);
          assert.deepEqual(joined, reference.digest(algorithm, bytes), `${algorithm} of ${sizeBytes} bytes`);
        }
        await allocation.free();
      }
      return undefined;
    },
  ),
  chunkCase(
    'a range of chunks has the digests that these chunks have in the whole',
    async (allocation, chunks) => {
      const end = allocation.sizeBytes;
      for (const algorithm of IN_PLACE) {
        const whole = await chunks(algorithm);
        const middle = await chunks(algorithm, { offset: CHUNK_BYTES, length: 2 * CHUNK_BYTES });
        assert.deepEqual(middle, whole.slice(1, 3));
        const last = Math.floor((end - 1) / CHUNK_BYTES);
        const tail = await chunks(algorithm, {
          offset: last * CHUNK_BYTES,
          length: end - last * CHUNK_BYTES,
        });
        assert.deepEqual(tail, whole.slice(last));
      }
    },
  ),
  chunkCase(
    'a range that cuts a chunk, or a digest that is no tree, has no digests of chunks',
    async (_, chunks) => {
      await rejectsRange(chunks('blake3', { offset: 1, length: CHUNK_BYTES }));
      await rejectsRange(chunks('blake3', { offset: 0, length: CHUNK_BYTES - 1 }));
      await rejectsRange(chunks('blake3', { offset: 0, length: 0 }));
      await rejectsRange(chunks('blake3', { offset: 0, length: 100 * CHUNK_BYTES }));
      await rejectsWithCode(chunks('sha256'), 'UNSUPPORTED_DIGEST');
    },
  ),
];

/** A case over the digests of chunks, which a backend need not have. */
function chunkCase(
  name: string,
  body: (allocation: Allocation, chunks: NonNullable<Allocation['chunkDigests']>) => Promise<void>,
): ConformanceCase {
  return deviceCase(name, async (device) => {
    const { allocation } = await filled(device, 3 * CHUNK_BYTES + 5001, 37);
    const chunks = allocation.chunkDigests?.bind(allocation);
    if (chunks === undefined) return NO_CHUNKS;
    return void (await body(allocation, chunks));
  });
}
