import { DigestEngines, nobleEngine } from '@vram-residency/seal-crypto';
import { describe, expect, test } from 'vitest';
import { simulatedBackend } from './simulated-backend.js';

describe('facts of simulated devices', () => {
  test('are those of a healthy discrete GPU, without a driver', async () => {
    const [facts, ...others] = await simulatedBackend().devices();
    expect(others).toEqual([]);
    expect(facts).toEqual({
      index: 0,
      uuid: 'SIM-00000000-0000-4000-8000-000000000000',
      backend: 'simulated',
      simulated: true,
      name: 'Simulated device',
      computeCapability: '9.0',
      totalBytes: 8 * 1024 ** 3,
      integrated: false,
      managedMemory: true,
      pageableMemoryAccess: false,
      pageableUsesHostPageTables: false,
      concurrentManagedAccess: true,
      eccEnabled: true,
      eccUncorrectedVolatile: 0,
      eccUncorrectedAggregate: 0,
      remappedRowsPending: false,
      remappingFailed: false,
      migEnabled: false,
      confidentialCompute: false,
      mps: false,
    });
  });

  test('can each be set, and be made unknown', async () => {
    const facts = { integrated: true, driverVersion: '1.2', eccEnabled: undefined, uuid: 'SIM-mine' };
    const [device] = await simulatedBackend({ devices: [{ facts }] }).devices();
    expect(device).toMatchObject({ integrated: true, driverVersion: '1.2', uuid: 'SIM-mine' });
    expect(device).not.toHaveProperty('eccEnabled');
  });

  test('never say that the device is not simulated, or another one', async () => {
    const facts = { simulated: false, backend: 'cuda', index: 3 } as object;
    const [device] = await simulatedBackend({ devices: [{ facts }] }).devices();
    expect(device).toMatchObject({ simulated: true, backend: 'simulated', index: 0 });
  });

  test('name each device differently, and the same at every run', async () => {
    const options = { devices: [{}, {}, {}] };
    const uuids = (await simulatedBackend(options).devices()).map(({ uuid }) => uuid);
    expect(new Set(uuids).size).toBe(3);
    expect((await simulatedBackend(options).devices()).map(({ uuid }) => uuid)).toEqual(uuids);
  });

  test('cannot be changed by who received them', async () => {
    await using device = await simulatedBackend().open(0);
    expect(Object.isFrozen(device.facts)).toBe(true);
    expect(Object.isFrozen((await device.allocate(1)).facts)).toBe(true);
  });
});

describe('facts of simulated allocations', () => {
  test('are those of device memory of the virtual memory API', async () => {
    await using device = await simulatedBackend({ devices: [{}, {}] }).open(1);
    const allocation = await device.allocate(1);
    const facts = { memoryType: 'device', managed: false, exportable: false, exclusive: true, api: 'vmm' };
    expect(allocation.facts).toEqual({ ...facts, deviceOrdinal: 1, readOnly: false });
    await allocation.protect();
    expect(allocation.facts).toEqual({ ...facts, deviceOrdinal: 1, readOnly: true });
    expect(allocation.external).toBeUndefined();
  });

  test('can each be set, and be made unknown', async () => {
    const allocationFacts = { memoryType: 'managed', managed: undefined } as const;
    await using device = await simulatedBackend({ devices: [{ allocationFacts }] }).open(0);
    const { facts } = await device.allocate(1);
    expect(facts).toMatchObject({ memoryType: 'managed', deviceOrdinal: 0 });
    expect(facts).not.toHaveProperty('managed');
  });
});

describe('options', () => {
  test('the granularity is 2 MiB unless set', async () => {
    const backend = simulatedBackend({ devices: [{}, { granularityBytes: 1 }] });
    await using device = await backend.open(0);
    await using exact = await backend.open(1);
    expect((await device.allocate(1)).allocatedBytes).toBe(2 * 1024 ** 2);
    expect((await exact.allocate(12_345)).allocatedBytes).toBe(12_345);
  });

  test.each([
    { capacityBytes: 0 },
    { capacityBytes: 1.5 },
    { granularityBytes: 0 },
    { capacityBytes: Number.NaN },
  ])('%o is refused', (device) => {
    expect(() => simulatedBackend({ devices: [device] })).toThrow(RangeError);
  });

  test('two backends share nothing', async () => {
    await using one = await simulatedBackend().open(0);
    await using other = await simulatedBackend().open(0);
    await one.allocate(1);
    expect((await other.memory()).freeBytes).toBe(8 * 1024 ** 3);
  });

  test('no devices is a machine without any', async () => {
    const backend = simulatedBackend({ devices: [] });
    expect(await backend.devices()).toEqual([]);
    await expect(backend.open(0)).rejects.toMatchObject({ code: 'NO_SUCH_DEVICE' });
  });
});

describe('digest engines', () => {
  test('that do not have the digest make the digest unsupported', async () => {
    const engines = new DigestEngines([]);
    await using device = await simulatedBackend({ engines }).open(0);
    const allocation = await device.allocate(1);
    const refused = { code: 'UNSUPPORTED_DIGEST', cause: { code: 'UNSUPPORTED' } };
    await expect(allocation.digest('blake3')).rejects.toMatchObject(refused);
    await expect(allocation.chunkDigests?.('blake3')).rejects.toMatchObject(refused);
  });

  test('that compute wrongly are an error of the device', async () => {
    const createHasher = () => ({ update() {}, digest: () => new Uint8Array(32), destroy() {} });
    const engines = new DigestEngines([{ ...nobleEngine, name: 'wrong', createHasher }]);
    await using device = await simulatedBackend({ engines }).open(0);
    const digest = (await device.allocate(1)).digest('blake3');
    await expect(digest).rejects.toMatchObject({ code: 'DEVICE_ERROR', cause: { code: 'ENGINE_FAILED' } });
  });
});
