import assert from 'node:assert/strict';
import { CHUNK_BYTES } from '@vram-residency/seal-crypto';
import type { ConformanceCase } from './subject.js';
import { bytesFrom, deviceCase, filled, MIB, rejectsRange } from './support.js';

const NOT_A_POSITION = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

export const bytesCases: readonly ConformanceCase[] = [
  deviceCase('what was written is read back, at sizes around every boundary', async (device) => {
    const granularity = await granularityOf(device);
    const sizes = [
      1,
      2,
      3,
      4095,
      4096,
      4097,
      CHUNK_BYTES - 1,
      CHUNK_BYTES + 1,
      granularity - 1,
      granularity + 1,
    ];
    for (const [seed, sizeBytes] of [...sizes, granularity, 5 * MIB + 3].entries()) {
      if (sizeBytes < 1) continue;
      const { allocation, bytes } = await filled(device, sizeBytes, seed);
      assert.equal(allocation.sizeBytes, sizeBytes);
      assert.ok(allocation.allocatedBytes >= sizeBytes);
      assert.deepEqual(await allocation.read(0, sizeBytes), bytes);
      await allocation.free();
    }
  }),
  deviceCase('a write changes its range alone, and not later than its promise', async (device) => {
    const { allocation, bytes } = await filled(device, 3 * MIB, 2);
    const patch = bytesFrom(3, MIB + 7);
    const expected = bytes.slice();
    expected.set(patch, 12_345);
    await allocation.write(12_345, patch);
    patch.fill(0);
    assert.deepEqual(await allocation.read(0, bytes.length), expected);
    assert.deepEqual(await allocation.read(12_345, 99), expected.slice(12_345, 12_444));
  }),
  deviceCase('bytes that were read are a copy', async (device) => {
    const { allocation, bytes } = await filled(device, 4096, 4);
    (await allocation.read(0, 4096)).fill(7);
    assert.deepEqual(await allocation.read(0, 4096), bytes);
  }),
  deviceCase('bytes are taken from any part of a buffer, and none may be written or read', async (device) => {
    const { allocation, bytes } = await filled(device, 100, 5);
    await allocation.write(10, Buffer.concat([Buffer.alloc(3), bytesFrom(6, 20)]).subarray(3));
    assert.deepEqual(await allocation.read(10, 20), bytesFrom(6, 20));
    await allocation.write(100, new Uint8Array(0));
    assert.equal((await allocation.read(100, 0)).length, 0);
    assert.deepEqual(await allocation.read(30, 70), bytes.slice(30));
  }),
  deviceCase('nothing is written, read or digested out of bounds', async (device) => {
    const { allocation, bytes } = await filled(device, 4097, 7);
    await rejectsRange(allocation.write(4097, new Uint8Array(1)));
    await rejectsRange(allocation.write(4000, new Uint8Array(98)));
    await rejectsRange(allocation.read(0, 4098));
    await rejectsRange(allocation.read(4098, 0));
    await rejectsRange(allocation.digest('blake3', { offset: 4097, length: 1 }));
    await rejectsRange(allocation.digest('blake3', { offset: 1, length: 4097 }));
    for (const position of NOT_A_POSITION) {
      await rejectsRange(allocation.write(position, new Uint8Array(1)));
      await rejectsRange(allocation.read(position, 1));
      await rejectsRange(allocation.read(0, position));
      await rejectsRange(allocation.digest('blake3', { offset: position, length: 1 }));
      await rejectsRange(allocation.digest('blake3', { offset: 0, length: position }));
    }
    assert.deepEqual(await allocation.read(0, 4097), bytes);
  }),
  deviceCase('only bytes are written', async (device) => {
    const { allocation } = await filled(device, 16, 8);
    for (const wrong of ['text', [1, 2], new ArrayBuffer(2), null]) {
      await assert.rejects(allocation.write(0, wrong as unknown as Uint8Array), TypeError);
    }
  }),
];

async function granularityOf(device: Parameters<typeof filled>[0]): Promise<number> {
  const { allocation } = await filled(device, 1, 0);
  await allocation.free();
  return Math.min(allocation.allocatedBytes, 4 * MIB);
}
