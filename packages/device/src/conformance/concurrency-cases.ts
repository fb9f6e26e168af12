import assert from 'node:assert/strict';
import { defaultEngines } from '@vram-residency/seal-crypto';
import type { ConformanceCase } from './subject.js';
import { bytesFrom, deviceCase, filled, freeMemoryIs, MIB } from './support.js';

export const concurrencyCases: readonly ConformanceCase[] = [
  deviceCase('work on several allocations at once does not mix them up', async (device) => {
    const work = Array.from({ length: 6 }, async (_, i) => {
      const { allocation, bytes } = await filled(device, MIB + i * 1001, 70 + i);
      const digest = await allocation.digest('blake3');
      assert.deepEqual(digest, defaultEngines().digest('blake3', bytes));
      assert.deepEqual(await allocation.read(0, bytes.length), bytes);
      await allocation.free();
    });
    await Promise.all(work);
  }),
  deviceCase('several digests of one allocation at once agree', async (device) => {
    const { allocation, bytes } = await filled(device, 2 * MIB + 9, 80);
    const expected = defaultEngines().digest('sha256-fsverity', bytes);
    const digests = await Promise.all(Array.from({ length: 6 }, () => allocation.digest('sha256-fsverity')));
    for (const digest of digests) assert.deepEqual(digest, expected);
  }),
  deviceCase('writes to separate ranges at once all arrive', async (device) => {
    const allocation = await device.allocate(4 * MIB);
    const bytes = bytesFrom(81, 4 * MIB);
    const starts = [3, 1, 0, 2].map((quarter) => quarter * MIB);
    await Promise.all(starts.map((start) => allocation.write(start, bytes.subarray(start, start + MIB))));
    assert.deepEqual(await allocation.read(0, 4 * MIB), bytes);
  }),
  deviceCase('an aborted signal stops a call before it does anything', async (device, subject) => {
    const { allocation, bytes } = await filled(device, 4096, 82);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const { freeBytes } = await device.memory();
    const isReason = (error: unknown) => error === reason;
    await assert.rejects(device.allocate(MIB, { signal }), isReason);
    await assert.rejects(allocation.write(0, new Uint8Array(4096), signal), isReason);
    await assert.rejects(allocation.digest('blake3', undefined, { signal }), isReason);
    if (allocation.chunkDigests) {
      await assert.rejects(allocation.chunkDigests('blake3', undefined, { signal }), isReason);
    }
    await freeMemoryIs(device, freeBytes, subject);
    assert.deepEqual(await allocation.read(0, 4096), bytes);
  }),
  deviceCase('a digest that is aborted under way ends with the reason or with the digest', async (device) => {
    const { allocation, bytes } = await filled(device, 6 * MIB, 83);
    const expected = defaultEngines().digest('blake3', bytes);
    const controller = new AbortController();
    const reason = new Error('enough');
    const { signal } = controller;
    const digest = allocation.digest('blake3', undefined, { signal }).catch((error: unknown) => error);
    controller.abort(reason);
    const outcome = await digest;
    if (outcome !== reason) assert.deepEqual(outcome, expected);
    assert.deepEqual(await allocation.digest('blake3'), expected);
  }),
];
