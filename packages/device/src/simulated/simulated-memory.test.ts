import { setTimeout } from 'node:timers/promises';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Allocation } from '../allocation.js';
import { simulatedBackend } from './simulated-backend.js';

const MIB = 1024 ** 2;

test('an allocation takes its size of the process’s memory, when it is written, and no copy while it is digested', async () => {
  const backend = simulatedBackend({ engines: defaultEngines() });
  await using device = await backend.open(0);
  const sizeBytes = 128 * MIB;
  const before = process.memoryUsage().arrayBuffers;
  const allocation = await device.allocate(sizeBytes);
  const piece = new Uint8Array(MIB).fill(7);
  for (let offset = 0; offset < sizeBytes; offset += MIB) await allocation.write(offset, piece);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(sizeBytes + 4 * MIB);
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
  }, 1);
  await allocation.digest('sha256-fsverity');
  clearInterval(timer);
  expect(peak).toBeGreaterThan(0);
  expect(peak - before).toBeLessThan(sizeBytes + 16 * MIB);
});

test('a capacity costs nothing', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const backend = simulatedBackend({
    devices: Array.from({ length: 8 }, () => ({ capacityBytes: 80 * 1024 ** 3 })),
  });
  await using device = await backend.open(7);
  expect((await device.memory()).freeBytes).toBe(80 * 1024 ** 3);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB);
});

test('memory that the process lacks is out of memory, and the device takes nothing', async () => {
  const backend = simulatedBackend({ devices: [{ capacityBytes: 2 ** 52 }] });
  await using device = await backend.open(0);
  await expect(device.allocate(2 ** 50)).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    cause: expect.any(RangeError),
  });
  expect((await device.memory()).freeBytes).toBe(2 ** 52);
});

test('long work lets other work of the process have its turn', async () => {
  const backend = simulatedBackend();
  await using device = await backend.open(0);
  const allocation = await device.allocate(8 * MIB);
  for (const work of [
    () => allocation.digest('blake3'),
    () => allocation.write(0, new Uint8Array(8 * MIB)),
    () => allocation.read(0, 8 * MIB),
    () => allocation.zero(),
  ]) {
    let turns = 0;
    let working = true;
    const others = (async () => {
      while (working) {
        await new Promise(setImmediate);
        turns += 1;
      }
    })();
    await work();
    working = false;
    await others;
    expect(turns).toBeGreaterThanOrEqual(7);
  }
});

test('a digest is aborted between slices, and the hasher goes with it', async () => {
  const backend = simulatedBackend();
  await using device = await backend.open(0);
  const allocation = await device.allocate(64 * MIB);
  const controller = new AbortController();
  const digest = allocation.digest('blake3', undefined, { signal: controller.signal });
  const aborted = expect(digest).rejects.toMatchObject({ name: 'AbortError' });
  await setTimeout(1);
  controller.abort();
  await aborted;
});

test('a write is aborted between slices', async () => {
  const backend = simulatedBackend();
  await using device = await backend.open(0);
  const allocation = await device.allocate(4 * MIB);
  const controller = new AbortController();
  const write = allocation.write(0, new Uint8Array(4 * MIB).fill(1), controller.signal);
  controller.abort();
  await expect(write).rejects.toMatchObject({ name: 'AbortError' });
  expect(await allocation.read(4 * MIB - 1, 1)).toEqual(Uint8Array.of(0));
});

test('protecting, freeing and closing end the work that they cut across', async () => {
  const backend = simulatedBackend();
  const device = await backend.open(0);
  const allocation = await device.allocate(4 * MIB);
  const bytes = new Uint8Array(4 * MIB);
  const write = expect(allocation.write(0, bytes)).rejects.toMatchObject({ code: 'READ_ONLY' });
  await allocation.protect();
  await write;
  const zero = expect(allocation.zero()).rejects.toMatchObject({ code: 'ALLOCATION_FREED' });
  await allocation.free();
  await zero;
  const other = await device.allocate(4 * MIB);
  const read = expect(other.read(0, 4 * MIB)).rejects.toMatchObject({ code: 'ALLOCATION_FREED' });
  await device.close();
  await read;
});

test('any sequence of allocations and frees keeps the account of every byte, over all handles', async () => {
  const step = fc.record({
    handle: fc.integer({ min: 0, max: 1 }),
    sizeBytes: fc.integer({ min: 1, max: 5000 }),
    free: fc.boolean(),
    which: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 600 }),
      fc.array(step, { maxLength: 60 }),
      async (granularityBytes, steps) => {
        const capacityBytes = 20_000;
        const backend = simulatedBackend({ devices: [{ capacityBytes, granularityBytes }] });
        const handles = [await backend.open(0), await backend.open(0)] as const;
        const live: Allocation[] = [];
        let takenBytes = 0;
        for (const { handle, sizeBytes, free, which } of steps) {
          const [freed] = free ? live.splice(which % (live.length || 1), 1) : [];
          await freed?.free();
          takenBytes -= freed?.allocatedBytes ?? 0;
          const neededBytes = Math.ceil(sizeBytes / granularityBytes) * granularityBytes;
          const made = await (handles[handle] as (typeof handles)[0])
            .allocate(sizeBytes)
            .catch(({ code }) => code);
          if (takenBytes + neededBytes > capacityBytes) {
            expect(made).toBe('OUT_OF_MEMORY');
          } else {
            expect(made).toMatchObject({ sizeBytes, allocatedBytes: neededBytes });
            live.push(made);
            takenBytes += neededBytes;
          }
          expect((await handles[1].memory()).freeBytes).toBe(capacityBytes - takenBytes);
          expect(new Set(backend.faults.allocations)).toEqual(new Set(live));
        }
        await handles[0].close();
        await handles[1].close();
        expect((await (await backend.open(0)).memory()).freeBytes).toBe(capacityBytes);
      },
    ),
    { numRuns: 60 },
  );
});

test('any sequence of writes, flips and zeroes leaves the bytes that a plain array would have', async () => {
  const SIZE = 3000;
  const step = fc.oneof(
    fc.record({ write: fc.uint8Array({ maxLength: 500 }), offset: fc.nat(SIZE) }),
    fc.record({ flip: fc.nat(SIZE - 1), bit: fc.nat(7) }),
    fc.record({ zero: fc.constant(true) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const backend = simulatedBackend();
      await using device = await backend.open(0);
      const allocation = await device.allocate(SIZE);
      const model = new Uint8Array(SIZE);
      for (const action of steps) {
        if ('write' in action) {
          const bytes = action.write.subarray(0, SIZE - action.offset);
          await allocation.write(action.offset, bytes);
          model.set(bytes, action.offset);
        } else if ('flip' in action) {
          backend.faults.flipBit(allocation, { offset: action.flip, bit: action.bit });
          model[action.flip] = (model[action.flip] as number) ^ (1 << action.bit);
        } else {
          await allocation.zero();
          model.fill(0);
        }
      }
      expect(await allocation.read(0, SIZE)).toEqual(model);
      expect(await allocation.digest('blake3')).toEqual(defaultEngines().digest('blake3', model));
    }),
    { numRuns: 60 },
  );
});
