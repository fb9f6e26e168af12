import assert from 'node:assert/strict';
import type { Allocation } from '../allocation.js';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled, freeMemoryIs, MIB, rejectsWithCode } from './support.js';

export const lifetimeCases: readonly ConformanceCase[] = [
  deviceCase('after free every call but free is refused', async (device) => {
    const { allocation } = await filled(device, 4096, 51);
    await allocation.free();
    await allocation.free();
    await refusesEverything(allocation);
    await allocation.free();
    assert.equal(allocation.sizeBytes, 4096);
  }),
  deviceCase('a second free gives nothing back that is not owed', async (device, subject) => {
    const { freeBytes } = await device.memory();
    const { allocation } = await filled(device, 1, 52);
    await Promise.all([allocation.free(), allocation.free()]);
    await allocation.free();
    await freeMemoryIs(device, freeBytes, subject);
  }),
  deviceCase('a protected allocation can be freed', async (device, subject) => {
    const { freeBytes } = await device.memory();
    const { allocation } = await filled(device, MIB, 53);
    await allocation.protect();
    await allocation.free();
    await freeMemoryIs(device, freeBytes, subject);
  }),
  deviceCase(
    'closing a device frees what is left, and leaves other handles alone',
    async (device, subject) => {
      const kept = await filled(device, 4096, 54);
      const { freeBytes } = await device.memory();
      const other = await subject.backend.open(subject.index ?? 0);
      const { allocation } = await filled(other, 3 * MIB, 55);
      await allocation.protect();
      await other.close();
      await other.close();
      await refusesEverything(allocation);
      await allocation.free();
      await rejectsWithCode(other.allocate(1), 'DEVICE_CLOSED');
      await rejectsWithCode(other.memory(), 'DEVICE_CLOSED');
      await freeMemoryIs(device, freeBytes, subject);
      assert.deepEqual(await kept.allocation.read(0, 4096), kept.bytes);
    },
  ),
  {
    name: 'disposing of a device closes it',
    async run({ backend, index = 0 }) {
      const device = await backend.open(index);
      const { allocation } = await filled(device, 1, 56);
      await device[Symbol.asyncDispose]();
      await rejectsWithCode(device.memory(), 'DEVICE_CLOSED');
      await rejectsWithCode(allocation.read(0, 1), 'ALLOCATION_FREED');
      return undefined;
    },
  },
  deviceCase('freeing during a digest lets it finish, or ends it', async (device) => {
    const { allocation } = await filled(device, 4 * MIB, 57);
    const expected = await allocation.digest('blake3');
    const digest = allocation.digest('blake3').catch((error: { code?: unknown }) => error.code);
    await allocation.free();
    const outcome = await digest;
    if (outcome !== 'ALLOCATION_FREED') assert.deepEqual(outcome, expected);
    await rejectsWithCode(allocation.digest('blake3'), 'ALLOCATION_FREED');
  }),
];

async function refusesEverything(allocation: Allocation): Promise<void> {
  const calls: readonly Promise<unknown>[] = [
    allocation.write(0, new Uint8Array(1)),
    allocation.read(0, 1),
    allocation.digest('blake3'),
    allocation.digest('sha256-fsverity', { offset: 0, length: 1 }),
    ...(allocation.chunkDigests ? [allocation.chunkDigests('blake3')] : []),
    allocation.protect(),
    allocation.zero(),
  ];
  await Promise.all(calls.map((call) => rejectsWithCode(call, 'ALLOCATION_FREED')));
}
