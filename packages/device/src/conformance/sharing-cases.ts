import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import type { Allocation } from '../allocation.js';
import type { Device } from '../device.js';
import { DeviceError } from '../device-error.js';
import type { AdoptSource, SharedMemory } from '../shared-memory.js';
import type { BackendUnderTest, ConformanceCase } from './subject.js';
import {
  bytesFrom,
  deviceCase,
  filled,
  freeMemoryIs,
  MIB,
  rejectsRange,
  rejectsWithCode,
} from './support.js';

const NO_EXPORT = 'the device has no memory for other processes';
const NO_ADOPTION = 'the device adopts no memory';
const NO_EXTERNAL = 'native code has nothing to reach';

/** A case over two handles of a device: one that allocates, and one that adopts. */
function sharingCase(
  name: string,
  body: (owner: Device, adopter: Adopter, subject: BackendUnderTest) => Promise<string | undefined>,
): ConformanceCase {
  return deviceCase(name, async (owner, subject) => {
    const other = await subject.backend.open(subject.index ?? 0);
    try {
      return isAdopter(other) ? await body(owner, other, subject) : NO_ADOPTION;
    } finally {
      await other.close();
    }
  });
}

type Adopter = Device & Required<Pick<Device, 'adopt'>>;

function isAdopter(device: Device): device is Adopter {
  return device.adopt !== undefined;
}

export const sharingCases: readonly ConformanceCase[] = [
  sharingCase(
    'exported memory is adopted by its descriptor, and read where it lies',
    async (owner, adopter) => {
      const exported = await exportedMemory(owner, 3 * MIB + 1);
      if (exported === undefined) return NO_EXPORT;
      const { allocation, bytes, shared } = exported;
      assert.equal(shared.sizeBytes, bytes.length);
      assert.deepEqual(pick(allocation), { exportable: true, exclusive: false });
      const adopted = await adopter.adopt(shared);
      closeSync(shared.fd);
      assert.equal(adopted.sizeBytes, bytes.length);
      await isForeign(adopted, bytes);
      assert.deepEqual(await adopted.digest('blake3'), await allocation.digest('blake3'));
      await allocation.write(5, new Uint8Array([1]));
      const changed = await allocation.digest('blake3');
      assert.deepEqual(await adopted.digest('blake3'), changed);
      await allocation.free();
      assert.deepEqual(await adopted.digest('blake3'), changed, 'the mapping is no longer the owner’s alone');
      await adopted.free();
      await rejectsWithCode(adopted.digest('blake3'), 'ALLOCATION_FREED');
      return undefined;
    },
  ),
  sharingCase(
    'adopted memory is not counted, and letting go of it takes nothing away',
    async (owner, adopter, subject) => {
      const exported = await exportedMemory(owner, MIB);
      if (exported === undefined) return NO_EXPORT;
      const { allocation, bytes, shared } = exported;
      const { freeBytes } = await owner.memory();
      const [one, two] = await Promise.all([adopter.adopt(shared), adopter.adopt(shared)]);
      closeSync(shared.fd);
      assert.equal(one.allocatedBytes + two.allocatedBytes, 0);
      await freeMemoryIs(owner, freeBytes, subject);
      await one.free();
      await one.free();
      await freeMemoryIs(owner, freeBytes, subject);
      assert.deepEqual(await two.read(0, bytes.length), bytes);
      await adopter.close();
      await rejectsWithCode(two.read(0, 1), 'ALLOCATION_FREED');
      assert.deepEqual(await allocation.read(0, bytes.length), bytes);
      return undefined;
    },
  ),
  sharingCase('what is no exported memory is not adopted by its descriptor', async (owner, adopter) => {
    const exported = await exportedMemory(owner, MIB);
    if (exported === undefined) return NO_EXPORT;
    const { fd } = exported.shared;
    for (const sizeBytes of [0, -1, 0.5, Number.NaN, 2 ** 53])
      await rejectsRange(adopter.adopt({ fd, sizeBytes }));
    for (const number of [-1, 0.5, 2 ** 31])
      await rejectsRange(adopter.adopt({ fd: number, sizeBytes: MIB }));
    for (const source of [undefined, null, 'fd', { fd: '3', sizeBytes: MIB }]) {
      await assert.rejects(adopter.adopt(source as unknown as AdoptSource), TypeError);
    }
    await rejectsWithCode(adopter.adopt({ fd, sizeBytes: 1024 * MIB }), 'NOT_ADOPTABLE');
    await rejectsWithCode(adopter.adopt({ fd, sizeBytes: Number.MAX_SAFE_INTEGER }), 'NOT_ADOPTABLE');
    closeSync(fd);
    await rejectsWithCode(adopter.adopt(exported.shared), 'NOT_ADOPTABLE');
    const file = openSync(process.execPath, 'r');
    try {
      await rejectsWithCode(adopter.adopt({ fd: file, sizeBytes: MIB }), 'NOT_ADOPTABLE');
    } finally {
      closeSync(file);
    }
    return undefined;
  }),
  deviceCase('memory that was not allocated as exportable is not exported', async (device) => {
    const { allocation } = await filled(device, 1, 101);
    assert.notEqual(allocation.facts.exportable, true);
    if (allocation.export === undefined) return NO_EXPORT;
    await rejectsWithCode(allocation.export(), 'NOT_EXPORTABLE');
    await allocation.free();
    await rejectsWithCode(allocation.export(), 'ALLOCATION_FREED');
    return undefined;
  }),
  sharingCase('memory of native code of this process is adopted by its external', async (owner, adopter) => {
    const { allocation, bytes } = await filled(owner, MIB + 9, 102);
    const { external } = allocation;
    if (external === undefined) return NO_EXTERNAL;
    // Who hands memory over has finished writing it.
    await allocation.digest('blake3');
    const adopted = await adopter.adopt({ external });
    assert.equal(adopted.sizeBytes, bytes.length);
    await isForeign(adopted, bytes);
    await adopted.free();
    assert.deepEqual(await allocation.read(0, bytes.length), bytes);

    const again = await adopter.adopt({ external });
    await allocation.free();
    await rejectsWithCode(again.digest('blake3'), 'ALLOCATION_FREED');
    await again.free();
    await rejectsWithCode(adopter.adopt({ external }), 'ALLOCATION_FREED');
    return undefined;
  }),
  sharingCase('what is no external is not adopted', async (_owner, adopter) => {
    for (const external of [{}, [], Object.freeze({}), new Map(), null, 4096, 4096n, 'external']) {
      await assert.rejects(adopter.adopt({ external } as AdoptSource), TypeError);
    }
    return undefined;
  }),
];

interface Exported {
  readonly allocation: Allocation;
  readonly bytes: Uint8Array;
  readonly shared: SharedMemory;
}

/** Memory for other processes; undefined where the device has none, and says so. */
async function exportedMemory(device: Device, sizeBytes: number): Promise<Exported | undefined> {
  let allocation: Allocation;
  try {
    allocation = await device.allocate(sizeBytes, { exportable: true });
  } catch (error) {
    assert.ok(error instanceof DeviceError);
    assert.equal(error.code, 'NOT_EXPORTABLE');
    return undefined;
  }
  assert.ok(allocation.export, 'memory that is exportable can be exported');
  const bytes = bytesFrom(100, sizeBytes);
  await allocation.write(0, bytes);
  return { allocation, bytes, shared: await allocation.export() };
}

function pick({ facts: { exportable, exclusive } }: Allocation) {
  return { exportable, exclusive };
}

/** Asserts that memory shows its bytes, and is not the adopter's to change or hand on. */
async function isForeign(adopted: Allocation, bytes: Uint8Array): Promise<void> {
  assert.equal(adopted.allocatedBytes, 0);
  assert.equal(adopted.facts.exclusive, false);
  assert.deepEqual(await adopted.read(0, bytes.length), bytes);
  await rejectsWithCode(adopted.write(0, new Uint8Array(1)), 'NOT_OWNED');
  await rejectsWithCode(adopted.zero(), 'NOT_OWNED');
  if (adopted.export !== undefined) await rejectsWithCode(adopted.export(), 'NOT_EXPORTABLE');
  const protection = await adopted.protect();
  assert.equal(protection === 'read-only', adopted.facts.readOnly === true);
  assert.deepEqual(await adopted.read(0, bytes.length), bytes);
}
