import assert from 'node:assert/strict';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { describe, expect, it } from 'vitest';
import type { Allocation } from '../allocation.js';
import type { Backend } from '../backend.js';
import type { Device } from '../device.js';
import { simulatedBackend } from '../simulated/simulated-backend.js';
import { conformanceCases } from './cases.js';
import { type ConformanceResult, describeBackend, runConformance } from './run-conformance.js';

const MIB = 1024 ** 2;

describeBackend(
  'the simulated backend',
  async () => ({ backend: simulatedBackend({ devices: [{ capacityBytes: 64 * MIB }] }) }),
  { describe, it },
);

describeBackend(
  'a simulated backend with several devices, odd granularity and without protection',
  async () => ({
    backend: simulatedBackend({
      devices: [
        { capacityBytes: 5 },
        { capacityBytes: 48 * MIB + 77, granularityBytes: 777, canProtect: false },
      ],
      engines: defaultEngines(),
    }),
    index: 1,
  }),
  { describe, it },
);

const MIB_64 = { devices: [{ capacityBytes: 64 * MIB }] };

/** The simulated backend with one promise of its devices broken. */
function broken(breakDevice: (device: Device) => Device): () => Promise<{ backend: Backend }> {
  return async () => {
    const backend = simulatedBackend(MIB_64);
    const { name } = backend;
    return {
      backend: {
        name,
        probe: () => backend.probe(),
        devices: () => backend.devices(),
        open: async (index) => breakDevice(await backend.open(index)),
      },
    };
  };
}

/** The device whose allocations are changed by `change`. */
function withAllocations(device: Device, change: (allocation: Allocation) => object): Device {
  return {
    facts: device.facts,
    memory: () => device.memory(),
    close: () => device.close(),
    [Symbol.asyncDispose]: () => device.close(),
    allocate: async (sizeBytes, options) => {
      const allocation = await device.allocate(sizeBytes, options);
      const forwarded: Allocation = {
        sizeBytes,
        allocatedBytes: allocation.allocatedBytes,
        get facts() {
          return allocation.facts;
        },
        write: (...call) => allocation.write(...call),
        read: (...call) => allocation.read(...call),
        digest: (...call) => allocation.digest(...call),
        protect: () => allocation.protect(),
        zero: () => allocation.zero(),
        free: () => allocation.free(),
      };
      return Object.defineProperties(forwarded, Object.getOwnPropertyDescriptors(change(allocation)));
    },
  };
}

/** Whether the case of that name finds the backend out. */
async function isFoundBy(caseName: string, open: () => Promise<{ backend: Backend }>): Promise<boolean> {
  const found = conformanceCases.find(({ name }) => name === caseName);
  assert.ok(found, `no case is named ${caseName}`);
  return await found.run(await open()).then(
    () => false,
    (error: unknown) => error instanceof assert.AssertionError,
  );
}

describe('a backend that breaks a promise is found out', () => {
  const ZERO = 'zero overwrites every byte, protected or not, and leaves the allocation writable';
  const PROTECT = 'a protected allocation refuses writes and still shows its bytes';
  const BOUNDS = 'nothing is written, read or digested out of bounds';
  const CHANGED = 'every changed bit changes the digest, and changing it back restores it';
  const ADDRESS = 'no object of the contract shows an address';
  const FREED = 'after free every call but free is refused';
  const FACTS = 'an allocation has facts of the contract alone, on the device that was opened';

  it.each<[string, string, (allocation: Allocation) => object]>([
    [ZERO, 'zeroes nothing', () => ({ zero: async () => {} })],
    [ZERO, 'zeroes only what is writable', (it) => ({ zero: async () => it.facts.readOnly || it.zero() })],
    [PROTECT, 'only says that it protects', () => ({ protect: async () => 'read-only' })],
    [
      BOUNDS,
      'reads less at the end',
      (it) => ({ read: (at: number, n: number) => it.read(at, n).catch(() => null) }),
    ],
    [CHANGED, 'remembers digests', (it) => ({ digest: cachedDigest(it) })],
    [ADDRESS, 'shows an address', () => ({ toString: () => 'allocation at 0x7f0102030405' })],
    [ADDRESS, 'has a pointer for a member', () => ({ pointer: 139_637_976_727_552 })],
    [FREED, 'frees nothing', () => ({ free: async () => {} })],
    [FACTS, 'invents a fact', (it) => ({ facts: { ...it.facts, temperature: 40 } })],
    [FACTS, 'has undefined for an unknown fact', (it) => ({ facts: { ...it.facts, api: undefined } })],
  ])('%s: a backend that %s', async (caseName, _, change) => {
    expect(
      await isFoundBy(
        caseName,
        broken((device) => withAllocations(device, () => ({}))),
      ),
    ).toBe(false);
    expect(
      await isFoundBy(
        caseName,
        broken((device) => withAllocations(device, change)),
      ),
    ).toBe(true);
  });
});

function cachedDigest(allocation: Allocation): Allocation['digest'] {
  const digests = new Map<string, Promise<Uint8Array>>();
  return (algorithm, range, options) => {
    const key = `${algorithm} ${JSON.stringify(range)}`;
    const digest = digests.get(key) ?? allocation.digest(algorithm, range, options);
    digests.set(key, digest);
    return digest;
  };
}

describe('runConformance', () => {
  it('tells of every case as it ends, and says which do not apply', async () => {
    const told: ConformanceResult[] = [];
    const results = await runConformance(
      broken((device) => withAllocations(device, () => ({}))),
      (result) => told.push(result),
    );
    expect(told).toEqual(results);
    expect(results.map(({ name }) => name)).toEqual(conformanceCases.map(({ name }) => name));
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    // Chunk digests, what is shared with other processes, and loading files.
    expect(results.filter(({ status }) => status === 'not-applicable')).toHaveLength(16);
  });

  it('counts a backend that does not open as failed', async () => {
    const results = await runConformance(() => Promise.reject(new Error('no driver')));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['failed']));
  });
});
