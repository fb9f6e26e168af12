import { describe, expect, test } from 'vitest';
import type { Allocation } from '../allocation.js';
import type { Device } from '../device.js';
import { DEVICE_ERROR_CODES, type DeviceErrorCode } from '../device-error.js';
import { OPERATIONS, type Operation } from './fault-hooks.js';
import { type SimulatedBackend, simulatedBackend } from './simulated-backend.js';

const MIB = 1024 ** 2;

async function opened(): Promise<{ backend: SimulatedBackend; device: Device; allocation: Allocation }> {
  const backend = simulatedBackend({ devices: [{ capacityBytes: 32 * MIB }, {}] });
  const device = await backend.open(0);
  return { backend, device, allocation: await device.allocate(1000) };
}

/** One call of every operation. */
const CALLS: Readonly<Record<Operation, (on: Awaited<ReturnType<typeof opened>>) => Promise<unknown>>> = {
  probe: ({ backend }) => backend.probe(),
  devices: ({ backend }) => backend.devices(),
  open: ({ backend }) => backend.open(0),
  memory: ({ device }) => device.memory(),
  allocate: ({ device }) => device.allocate(1),
  write: ({ allocation }) => allocation.write(0, new Uint8Array(1)),
  read: ({ allocation }) => allocation.read(0, 1),
  digest: ({ allocation }) => allocation.digest('blake3'),
  chunkDigests: async ({ allocation }) => allocation.chunkDigests?.('blake3'),
  protect: ({ allocation }) => allocation.protect(),
  zero: ({ allocation }) => allocation.zero(),
  free: ({ allocation }) => allocation.free(),
  close: ({ device }) => device.close(),
};

describe('failing calls', () => {
  const throwing = OPERATIONS.filter((operation) => operation !== 'probe');

  test.each(throwing)(
    'a planned failure of %s happens once, and the call works afterwards',
    async (operation) => {
      const on = await opened();
      const codes = Object.keys(DEVICE_ERROR_CODES) as DeviceErrorCode[];
      for (const code of codes.filter((code) => code !== 'DEVICE_LOST')) {
        on.backend.faults.failCall({ operation, code });
        expect(on.backend.faults.pending).toBe(1);
        await expect(CALLS[operation](on)).rejects.toMatchObject({ name: 'DeviceError', code });
        expect(on.backend.faults.pending).toBe(0);
      }
      await CALLS[operation](on);
    },
  );

  test('a probe that fails says so instead of rejecting', async () => {
    const backend = simulatedBackend();
    backend.faults.failCall({ operation: 'probe', code: 'DEVICE_ERROR' });
    expect(await backend.probe()).toMatchObject({ status: 'failed', code: 'DEVICE_ERROR' });
    expect(await backend.probe()).toEqual({ status: 'available' });
  });

  test('the n-th call counts from when it was planned, of the operation or of all', async () => {
    const { backend, allocation } = await opened();
    await allocation.read(0, 1);
    backend.faults.failCall({ operation: 'read', nth: 2, code: 'DEVICE_ERROR' });
    await allocation.write(0, new Uint8Array(1));
    await allocation.read(0, 1);
    await expect(allocation.read(0, 1)).rejects.toMatchObject({ code: 'DEVICE_ERROR' });
    backend.faults.failCall({ nth: 3, code: 'OUT_OF_MEMORY' });
    await allocation.read(0, 1);
    await allocation.protect();
    await expect(allocation.zero()).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', retriable: true });
  });

  test('a failed call has no effect', async () => {
    const { backend, device, allocation } = await opened();
    await allocation.write(0, Uint8Array.of(1, 2, 3));
    const { freeBytes } = await device.memory();
    for (const operation of ['allocate', 'write', 'protect', 'zero', 'free', 'close'] as const) {
      backend.faults.failCall({ operation, code: 'DEVICE_ERROR' });
    }
    await expect(device.allocate(5)).rejects.toThrow();
    await expect(allocation.write(0, Uint8Array.of(9))).rejects.toThrow();
    await expect(allocation.protect()).rejects.toThrow();
    await expect(allocation.zero()).rejects.toThrow();
    await expect(allocation.free()).rejects.toThrow();
    await expect(device.close()).rejects.toThrow();
    expect(await allocation.read(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(allocation.facts.readOnly).toBe(false);
    expect((await device.memory()).freeBytes).toBe(freeBytes);
    await device.close();
    await expect(allocation.read(0, 1)).rejects.toMatchObject({ code: 'ALLOCATION_FREED' });
  });

  test('every call of a sequence can be made to fail in turn', async () => {
    const sequence = async (backend: SimulatedBackend) => {
      const device = await backend.open(0);
      try {
        const allocation = await device.allocate(4096);
        await allocation.write(0, new Uint8Array(4096));
        await allocation.digest('blake3');
        await allocation.protect();
        await allocation.free();
      } finally {
        await device.close();
      }
    };
    const rehearsal = simulatedBackend();
    await sequence(rehearsal);
    const names = rehearsal.faults.trace.map(({ operation }) => operation);
    expect(names).toEqual(['open', 'allocate', 'write', 'digest', 'protect', 'free', 'close']);
    for (let nth = 1; nth <= names.length; nth++) {
      const backend = simulatedBackend();
      backend.faults.failCall({ nth, code: 'DEVICE_ERROR' });
      await expect(sequence(backend)).rejects.toMatchObject({ code: 'DEVICE_ERROR' });
      expect(backend.faults.pending).toBe(0);
    }
  });

  test('a fault that cannot be is refused', async () => {
    const { faults } = simulatedBackend();
    expect(() => faults.failCall({ nth: 0, code: 'DEVICE_ERROR' })).toThrow(RangeError);
    expect(() => faults.failCall({ operation: 'fly' as 'read', code: 'DEVICE_ERROR' })).toThrow(RangeError);
    expect(() => faults.failCall({ code: 'BROKEN' as 'DEVICE_ERROR' })).toThrow(RangeError);
    expect(faults.pending).toBe(0);
  });
});

describe('a lost device', () => {
  test('refuses everything but free and close, until it is restored', async () => {
    const on = await opened();
    const other = await on.device.allocate(1);
    on.backend.faults.failCall({ operation: 'digest', code: 'DEVICE_LOST' });
    await expect(on.allocation.digest('blake3')).rejects.toMatchObject({
      code: 'DEVICE_LOST',
      retriable: false,
    });
    for (const operation of OPERATIONS) {
      if (['probe', 'devices', 'free', 'close'].includes(operation)) continue;
      await expect(CALLS[operation](on), operation).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    }
    await other.free();
    await on.device.close();
    await expect(on.backend.open(0)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    await (await on.backend.open(1)).close();
    on.backend.faults.restore();
    await using device = await on.backend.open(0);
    expect((await device.memory()).freeBytes).toBe(32 * MIB);
  });

  test('is lost to a digest under way as well', async () => {
    const { backend, device } = await opened();
    const allocation = await device.allocate(4 * MIB);
    const digest = expect(allocation.digest('blake3')).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    backend.faults.failCall({ operation: 'memory', code: 'DEVICE_LOST' });
    await expect(device.memory()).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    await digest;
  });
});

describe('flipped bits', () => {
  test('a bit flips at once, protected or not, and only that bit', async () => {
    const { backend, allocation } = await opened();
    await allocation.protect();
    backend.faults.flipBit(allocation, { offset: 999 });
    backend.faults.flipBit(allocation, { offset: 7, bit: 6 });
    const expected = new Uint8Array(1000);
    expected[999] = 1;
    expected[7] = 64;
    expect(await allocation.read(0, 1000)).toEqual(expected);
  });

  test('a bit of the allocation that a call is on flips when the call starts', async () => {
    const { backend, device, allocation } = await opened();
    backend.faults.flipBitAtCall({ operation: 'digest', nth: 2, offset: 3 });
    const before = await allocation.digest('blake3');
    expect(await allocation.read(3, 1)).toEqual(Uint8Array.of(0));
    await device.memory();
    expect(await allocation.digest('blake3')).not.toEqual(before);
    expect(await allocation.read(3, 1)).toEqual(Uint8Array.of(1));
    expect(backend.faults.pending).toBe(0);
  });

  test('a call on no allocation leaves the flip to the next call that is on one', async () => {
    const { backend, device, allocation } = await opened();
    backend.faults.flipBitAtCall({ offset: 0 });
    await device.memory();
    expect(backend.faults.pending).toBe(1);
    expect(await allocation.read(0, 1)).toEqual(Uint8Array.of(1));
  });

  test('a bit of another allocation flips when a call starts', async () => {
    const { backend, device, allocation } = await opened();
    backend.faults.flipBitAtCall({ operation: 'memory', allocation, offset: 1 });
    await device.memory();
    expect(await allocation.read(0, 2)).toEqual(Uint8Array.of(0, 1));
  });

  test('a flip of an allocation that is freed before is forgotten with it', async () => {
    const { backend, device, allocation } = await opened();
    backend.faults.flipBitAtCall({ operation: 'memory', allocation, offset: 1 });
    await allocation.free();
    await device.memory();
    expect(backend.faults.pending).toBe(0);
  });

  test('a bit that is not there is refused', async () => {
    const { backend, allocation } = await opened();
    for (const flip of [{ offset: 1000 }, { offset: -1 }, { offset: 0, bit: 8 }, { offset: 0, bit: -1 }]) {
      expect(() => backend.faults.flipBit(allocation, flip)).toThrow(RangeError);
      expect(() => backend.faults.flipBitAtCall({ allocation, ...flip })).toThrow(RangeError);
    }
    expect(backend.faults.pending).toBe(0);
    const freed = expect.objectContaining({ code: 'ALLOCATION_FREED' });
    await allocation.free();
    expect(() => backend.faults.flipBit(allocation, { offset: 0 })).toThrow(freed);
    expect(() => simulatedBackend().faults.flipBit(allocation, { offset: 0 })).toThrow(freed);
  });
});

describe('what the hooks tell', () => {
  test('calls are traced with their device and allocation, and counted', async () => {
    const { backend, device, allocation } = await opened();
    const second = await device.allocate(1);
    await second.read(0, 1);
    await allocation.free();
    expect(backend.faults.trace).toEqual([
      { operation: 'open', device: 0 },
      { operation: 'allocate', device: 0 },
      { operation: 'allocate', device: 0 },
      { operation: 'read', device: 0, allocation: 2 },
      { operation: 'free', device: 0, allocation: 1 },
    ]);
    expect(backend.faults.calls()).toBe(5);
    expect(backend.faults.calls('allocate')).toBe(2);
    expect(backend.faults.calls('zero')).toBe(0);
    expect(backend.faults.allocations).toEqual([second]);
  });

  test('a caller’s mistake and a call on what is gone reach no hardware', async () => {
    const { backend, device, allocation } = await opened();
    await allocation.free();
    const before = backend.faults.calls();
    await expect(device.allocate(-1)).rejects.toThrow(RangeError);
    await expect(allocation.read(0, 1)).rejects.toMatchObject({ code: 'ALLOCATION_FREED' });
    await allocation.free();
    expect(backend.faults.calls()).toBe(before);
  });

  test('the trace is bounded, the counts are not', async () => {
    const { backend, device } = await opened();
    for (let i = 0; i < 21_000; i++) await device.memory();
    expect(backend.faults.trace).toHaveLength(10_000);
    expect(backend.faults.calls('memory')).toBe(21_000);
  });

  test('facts change for those who look anew', async () => {
    const { backend, device } = await opened();
    backend.faults.setFacts(0, { eccUncorrectedVolatile: 2, mps: undefined });
    const [facts] = await backend.devices();
    expect(facts).toMatchObject({ eccUncorrectedVolatile: 2, simulated: true, index: 0 });
    expect(facts).not.toHaveProperty('mps');
    expect(device.facts.eccUncorrectedVolatile).toBe(0);
    expect((await backend.open(0)).facts).toEqual(facts);
    expect(() => backend.faults.setFacts(2, {})).toThrow(expect.objectContaining({ code: 'NO_SUCH_DEVICE' }));
  });
});
