import assert from 'node:assert/strict';
import type { AllocationFacts } from '../allocation-facts.js';
import type { DeviceFacts } from '../device-facts.js';
import type { ConformanceCase } from './subject.js';
import { deviceCase, filled, rejectsRange, rejectsWithCode } from './support.js';

type FactCheck = (value: unknown) => boolean;

const isFlag: FactCheck = (value) => typeof value === 'boolean';
const isCount: FactCheck = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText: FactCheck = (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 1024;
const isVersion: FactCheck = (value) => typeof value === 'string' && /^\d+(\.\d+)*$/.test(value);
const isOneOf =
  (...values: readonly string[]): FactCheck =>
  (value) =>
    values.includes(value as string);

const DEVICE_FACTS = {
  index: isCount,
  uuid: isText,
  backend: isText,
  simulated: isFlag,
  name: isText,
  computeCapability: (value) => typeof value === 'string' && /^\d+\.\d+$/.test(value),
  totalBytes: (value) => isCount(value) && value !== 0,
  integrated: isFlag,
  managedMemory: isFlag,
  pageableMemoryAccess: isFlag,
  pageableUsesHostPageTables: isFlag,
  concurrentManagedAccess: isFlag,
  eccEnabled: isFlag,
  eccUncorrectedVolatile: isCount,
  eccUncorrectedAggregate: isCount,
  remappedRowsPending: isFlag,
  remappingFailed: isFlag,
  migEnabled: isFlag,
  confidentialCompute: isFlag,
  mps: isFlag,
  driverVersion: isVersion,
  cudaVersion: isVersion,
} satisfies Record<keyof DeviceFacts, FactCheck>;

const ALLOCATION_FACTS = {
  memoryType: isOneOf('device', 'host', 'managed'),
  managed: isFlag,
  deviceOrdinal: isCount,
  readOnly: isFlag,
  exportable: isFlag,
  exclusive: isFlag,
  api: isOneOf('vmm', 'malloc'),
  mapped: isFlag,
  access: isOneOf('none', 'read', 'read-write'),
} satisfies Record<keyof AllocationFacts, FactCheck>;

/** Asserts that there are only facts of the contract, each of its kind: an unknown one is absent, not `undefined`. */
function assertFacts(facts: object, checks: Readonly<Record<string, FactCheck>>): void {
  for (const [fact, value] of Object.entries(facts)) {
    const check = checks[fact];
    assert.ok(check, `${fact} is no fact of the contract`);
    assert.ok(check(value), `${fact} has a value that is not of its kind`);
  }
}

export const factsCases: readonly ConformanceCase[] = [
  {
    name: 'a backend that works says so, and names itself',
    async run({ backend }) {
      assert.match(backend.name, /^[a-z][a-z0-9-]{0,63}$/);
      assert.deepEqual(await backend.probe(), { status: 'available' });
      return undefined;
    },
  },
  {
    name: 'devices are listed in the order of their index, with facts of the contract alone',
    async run({ backend }) {
      const devices = await backend.devices();
      assert.ok(devices.length > 0);
      devices.forEach((facts, index) => {
        assertFacts(facts, DEVICE_FACTS);
        assert.equal(facts.index, index);
        assert.equal(facts.backend, backend.name);
        assert.ok(isText(facts.uuid), 'a seal names the device by its uuid');
        assert.ok(isFlag(facts.simulated), 'a seal says whether the device is simulated');
      });
      assert.equal(new Set(devices.map(({ uuid }) => uuid)).size, devices.length, 'uuids differ');
      return undefined;
    },
  },
  deviceCase(
    'an open device has the facts that were listed, and they do not change by looking',
    async (device, subject) => {
      const { uuid, simulated } = device.facts;
      assertFacts(device.facts, DEVICE_FACTS);
      const listed = (await subject.backend.devices())[subject.index ?? 0];
      assert.deepEqual({ uuid: listed?.uuid, simulated: listed?.simulated }, { uuid, simulated });
      assert.deepEqual(device.facts, device.facts);
    },
  ),
  deviceCase('memory is what the facts say, and is partly free', async (device) => {
    const { totalBytes, freeBytes } = await device.memory();
    assert.ok(isCount(totalBytes) && isCount(freeBytes) && freeBytes <= totalBytes);
    if (device.facts.totalBytes !== undefined) assert.equal(totalBytes, device.facts.totalBytes);
  }),
  deviceCase(
    'an allocation has facts of the contract alone, on the device that was opened',
    async (device) => {
      const { allocation } = await filled(device, 4096, 1);
      assertFacts(allocation.facts, ALLOCATION_FACTS);
      const { deviceOrdinal, readOnly, memoryType, managed } = allocation.facts;
      if (deviceOrdinal !== undefined) assert.equal(deviceOrdinal, device.facts.index);
      assert.notEqual(readOnly, true);
      if (memoryType === 'managed') assert.notEqual(managed, false);
      if (managed === true) assert.notEqual(memoryType, 'host');
    },
  ),
  {
    name: 'a device that is not there cannot be opened',
    async run({ backend }) {
      await rejectsWithCode(backend.open((await backend.devices()).length), 'NO_SUCH_DEVICE');
      for (const index of [-1, 0.5, Number.NaN]) await rejectsRange(backend.open(index));
      return undefined;
    },
  },
];
