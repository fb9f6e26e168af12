import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { expect, test } from 'vitest';
import { simulatedBackend } from './simulated-backend.js';

const MIB = 1024 ** 2;

test('bytes are written, digested in place, protected, zeroed and freed', async () => {
  const backend = simulatedBackend({ devices: [{ capacityBytes: 64 * MIB }] });
  await using device = await backend.open(0);
  expect(device.facts).toMatchObject({ simulated: true, totalBytes: 64 * MIB });
  const allocation = await device.allocate(3 * MIB + 5);
  const bytes = Uint8Array.from({ length: 3 * MIB + 5 }, (_, i) => i % 251);
  await allocation.write(0, bytes);
  for (const algorithm of ['blake3', 'sha256-fsverity'] as const) {
    expect(await allocation.digest(algorithm)).toEqual(defaultEngines().digest(algorithm, bytes));
    const chunks = (await allocation.chunkDigests?.(algorithm)) ?? [];
    expect(defaultEngines().digestFromChunks(algorithm, chunks, bytes.length)).toEqual(
      await allocation.digest(algorithm),
    );
  }
  await expect(allocation.digest('sha256')).rejects.toMatchObject({ code: 'UNSUPPORTED_DIGEST' });
  expect(await allocation.protect()).toBe('read-only');
  await expect(allocation.write(0, bytes)).rejects.toMatchObject({ code: 'READ_ONLY' });
  await allocation.zero();
  expect((await allocation.read(0, 16)).every((byte) => byte === 0)).toBe(true);
  await allocation.free();
  await expect(allocation.read(0, 1)).rejects.toMatchObject({ code: 'ALLOCATION_FREED' });
  expect((await device.memory()).freeBytes).toBe(64 * MIB);
});

test('memory runs out, and comes back', async () => {
  const backend = simulatedBackend({ devices: [{ capacityBytes: 8 * MIB }] });
  await using device = await backend.open(0);
  const first = await device.allocate(6 * MIB);
  await expect(device.allocate(4 * MIB)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  await first.free();
  expect((await device.allocate(8 * MIB)).sizeBytes).toBe(8 * MIB);
});

test('a flipped bit changes the digest, a failing call fails once', async () => {
  const backend = simulatedBackend();
  await using device = await backend.open(0);
  const allocation = await device.allocate(MIB);
  const before = await allocation.digest('sha256-fsverity');
  backend.faults.flipBit(allocation, { offset: 77 });
  expect(await allocation.digest('sha256-fsverity')).not.toEqual(before);
  backend.faults.failCall({ operation: 'digest', code: 'DEVICE_ERROR' });
  await expect(allocation.digest('blake3')).rejects.toMatchObject({ code: 'DEVICE_ERROR' });
  expect(await allocation.digest('blake3')).toHaveLength(32);
});

test('chunk digests of an allocation of one chunk or less, and of a range, belong to the whole', async () => {
  const device = await simulatedBackend().open(0);
  for (const sizeBytes of [1, MIB / 2, MIB / 2 + 1]) {
    const allocation = await device.allocate(sizeBytes);
    for (const algorithm of ['blake3', 'sha256-fsverity'] as const) {
      const chunks = (await allocation.chunkDigests?.(algorithm)) ?? [];
      const whole = defaultEngines().digestFromChunks(algorithm, chunks, sizeBytes);
      expect(whole).toEqual(await allocation.digest(algorithm));
      const first = await allocation.chunkDigests?.(algorithm, {
        offset: 0,
        length: Math.min(sizeBytes, MIB / 2),
      });
      expect(first).toEqual(chunks.slice(0, 1));
    }
  }
  await device.close();
});
