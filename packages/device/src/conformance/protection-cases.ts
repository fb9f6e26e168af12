import assert from 'node:assert/strict';
import { defaultEngines } from '@vram-residency/seal-crypto';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled, MIB, rejectsWithCode } from './support.js';

export const protectionCases: readonly ConformanceCase[] = [
  deviceCase('a protected allocation refuses writes and still shows its bytes', async (device) => {
    const { allocation, bytes } = await filled(device, MIB + 3, 41);
    const digest = await allocation.digest('blake3');
    const protection = await allocation.protect();
    assert.equal(await allocation.protect(), protection);
    if (protection === 'read-only') {
      assert.equal(allocation.facts.readOnly, true);
      await rejectsWithCode(allocation.write(0, new Uint8Array(1)), 'READ_ONLY');
      await rejectsWithCode(allocation.write(MIB, new Uint8Array(3)), 'READ_ONLY');
    } else {
      assert.equal(protection, 'unsupported');
      assert.notEqual(allocation.facts.readOnly, true);
      await allocation.write(0, bytes.subarray(0, 1));
    }
    assert.deepEqual(await allocation.read(0, bytes.length), bytes);
    assert.deepEqual(await allocation.digest('blake3'), digest);
  }),
  deviceCase('protecting one allocation leaves others writable', async (device) => {
    const one = await filled(device, 100, 42);
    const other = await filled(device, 100, 43);
    await one.allocation.protect();
    await other.allocation.write(0, one.bytes);
    assert.deepEqual(await other.allocation.read(0, 100), one.bytes);
  }),
  deviceCase(
    'zero overwrites every byte, protected or not, and leaves the allocation writable',
    async (device) => {
      for (const [seed, sizeBytes] of [1, 4097, 2 * MIB + 1].entries()) {
        const { allocation, bytes } = await filled(device, sizeBytes, seed);
        if (seed % 2 === 0) await allocation.protect();
        await allocation.zero();
        assert.deepEqual(await allocation.read(0, sizeBytes), new Uint8Array(sizeBytes));
        const digest = defaultEngines().digest('blake3', new Uint8Array(sizeBytes));
        assert.deepEqual(await allocation.digest('blake3'), digest);
        assert.notEqual(allocation.facts.readOnly, true);
        await allocation.write(0, bytes);
        assert.deepEqual(await allocation.read(0, sizeBytes), bytes);
      }
    },
  ),
  deviceCase('facts are those of the moment when they were taken', async (device) => {
    const { allocation } = await filled(device, 1, 44);
    const before = allocation.facts;
    const copy = { ...before };
    await allocation.protect();
    assert.deepEqual({ ...before }, copy);
  }),
];
