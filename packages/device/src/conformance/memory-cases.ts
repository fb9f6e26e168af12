import assert from 'node:assert/strict';
import type { Allocation } from '../allocation.js';
import type { Device } from '../device.js';
import { DeviceError } from '../device-error.js';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled, freeMemoryIs, MIB, rejectsRange, rejectsWithCode } from './support.js';

export const memoryCases: readonly ConformanceCase[] = [
  deviceCase('free memory falls by what an allocation took, and comes back', async (device, subject) => {
    const { freeBytes } = await device.memory();
    const small = await device.allocate(1);
    const large = await device.allocate(3 * MIB + 1);
    await freeMemoryIs(device, freeBytes - small.allocatedBytes - large.allocatedBytes, subject);
    await small.free();
    await freeMemoryIs(device, freeBytes - large.allocatedBytes, subject);
    await large.free();
    await freeMemoryIs(device, freeBytes, subject);
  }),
  deviceCase('a size that is no size is refused', async (device, subject) => {
    const { freeBytes } = await device.memory();
    for (const sizeBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await rejectsRange(device.allocate(sizeBytes));
    }
    await freeMemoryIs(device, freeBytes, subject);
  }),
  deviceCase('more than there is cannot be allocated, and trying takes nothing', async (device, subject) => {
    const { totalBytes, freeBytes } = await device.memory();
    await rejectsWithCode(device.allocate(totalBytes + 1), 'OUT_OF_MEMORY');
    await rejectsWithCode(device.allocate(Number.MAX_SAFE_INTEGER), 'OUT_OF_MEMORY');
    await freeMemoryIs(device, freeBytes, subject);
  }),
  deviceCase(
    'an exhausted device keeps what it holds, and recovers when memory is freed',
    async (device, subject) => {
      const witness = await filled(device, MIB + 1, 61);
      const { freeBytes } = await device.memory();
      const block = Math.ceil(freeBytes / 4);
      const held = await exhaust(device, block);
      assert.ok(held.length >= 2 && held.length <= 4, `${held.length} quarters were allocated`);
      assert.deepEqual(await witness.allocation.read(0, MIB + 1), witness.bytes);
      await (held.pop() as Allocation).free();
      held.push(await device.allocate(block));
      await Promise.all(held.map((allocation) => allocation.free()));
      await freeMemoryIs(device, freeBytes, subject);
      assert.deepEqual(await witness.allocation.read(0, MIB + 1), witness.bytes);
    },
  ),
  deviceCase('concurrent allocations never take more than there is', async (device, subject) => {
    const { freeBytes } = await device.memory();
    const block = Math.ceil(freeBytes / 5);
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => device.allocate(block)));
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const takenBytes = made.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
    assert.ok(made.length >= 1 && takenBytes <= freeBytes);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'OUT_OF_MEMORY');
    }
    await freeMemoryIs(device, freeBytes - takenBytes, subject);
    await Promise.all(made.map((allocation) => allocation.free()));
    await freeMemoryIs(device, freeBytes, subject);
  }),
];

/** Allocates blocks until the device refuses; no device holds more than eight quarters of its free memory. */
async function exhaust(device: Device, block: number): Promise<Allocation[]> {
  const held: Allocation[] = [];
  while (held.length < 8) {
    try {
      held.push(await device.allocate(block));
    } catch (error) {
      assert.ok(error instanceof DeviceError);
      assert.equal(error.code, 'OUT_OF_MEMORY');
      return held;
    }
  }
  return held;
}
