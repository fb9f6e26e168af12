import { setTimeout as delay } from 'node:timers/promises';
import type { Allocation } from '@vram-residency/device';
import { expect, test, vi } from 'vitest';
import { MIB, openWorker } from './support.js';

const FAST = 2 ** 40;

test('every resident shard is verified again and again, the one first that waited longest', async () => {
  const { manager, backend } = await openWorker();
  for (const shardId of ['a', 'b', 'c']) {
    await manager.sealModel(new Uint8Array(MIB), { shardId, digest: 'sha256-fsverity' });
  }
  const before = backend.faults.trace.length;
  await using _scrubber = manager.scrub({ bytesPerSecond: FAST });
  await vi.waitFor(() => expect(manager.metrics().verifications).toBeGreaterThanOrEqual(7));
  const digests = backend.faults.trace.slice(before).filter(({ operation }) => operation === 'digest');
  expect(digests.slice(0, 7).map(({ allocation }) => allocation)).toEqual([1, 2, 3, 1, 2, 3, 1]);
  await manager.close();
});

test('the device’s other work goes before what is scrubbed, and not before what is asked for', async () => {
  const { manager, backend } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1), { digest: 'sha256-fsverity' });
  const digest = vi.spyOn(backend.faults.allocations[0] as never as Allocation, 'digest');
  await manager.verifySealed(shard);
  const scrubber = manager.scrub({ bytesPerSecond: FAST });
  await vi.waitFor(() => expect(digest.mock.calls.length).toBeGreaterThan(1));
  await scrubber.stop();
  const [asked, scrubbed] = digest.mock.calls.map(([, , options]) => options?.background ?? false);
  expect([asked, scrubbed]).toEqual([false, true]);
  await manager.close();
});

test('no more bytes are verified than the rate allows', async () => {
  const { manager } = await openWorker();
  await manager.sealModel(new Uint8Array(MIB), { digest: 'sha256-fsverity' });
  // A shard that takes 1000 seconds at this rate is not verified a second time in a tenth of one.
  const scrubber = manager.scrub({ bytesPerSecond: Math.floor(MIB / 1000) });
  await vi.waitFor(() => expect(manager.metrics().verifications).toBe(1));
  await delay(100);
  expect(manager.metrics().verifications).toBe(1);
  await scrubber.stop();
  await manager.close();
});

test('a corrupted shard stops the worker; scrubbing goes on once it is recovered', async () => {
  const { manager, backend, sink, errors } = await openWorker();
  await using _scrubber = manager.scrub({ bytesPerSecond: FAST });
  const shard = await manager.sealModel(new Uint8Array(MIB), { shardId: 'a', digest: 'sha256-fsverity' });
  const failed = new Promise<{ shardId: string; reason: string }>((resolve) => {
    manager.on('verificationFailed', resolve);
  });
  backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 77 });
  expect(await failed).toEqual({ shardId: 'a', reason: 'digest_mismatch' });
  expect(manager.state).toBe('stopped');
  expect(sink.only('seal_verification_failed')).toMatchObject({ reason: 'digest_mismatch' });
  await manager.release(shard);
  await manager.recover({ reason: 'corrupted shard released' });
  const { verifications } = manager.metrics();
  await manager.sealModel(new Uint8Array(1), { digest: 'sha256-fsverity' });
  await vi.waitFor(() => expect(manager.metrics().verifications).toBeGreaterThan(verifications));
  expect(manager.metrics().verificationFailures).toBe(1);
  expect(errors).toEqual([]);
  await manager.close();
});

test('a stopped scrubber verifies nothing more, and closing the manager stops it', async () => {
  const { manager } = await openWorker();
  await manager.sealModel(new Uint8Array(1), { digest: 'sha256-fsverity' });
  const scrubber = manager.scrub({ bytesPerSecond: FAST });
  await vi.waitFor(() => expect(manager.metrics().verifications).toBeGreaterThan(0));
  await scrubber.stop();
  const { verifications } = manager.metrics();
  await delay(20);
  expect(manager.metrics().verifications).toBe(verifications);
  const other = manager.scrub({ bytesPerSecond: FAST });
  await manager.close();
  await other.stop();
  expect(() => manager.scrub({ bytesPerSecond: 1 })).toThrow(
    expect.objectContaining({ code: 'MANAGER_CLOSED' }),
  );
});

test.each([0, -1, 0.5, Number.NaN, '1'])('a rate of %o is refused', async (bytesPerSecond) => {
  const { manager } = await openWorker();
  expect(() => manager.scrub({ bytesPerSecond: bytesPerSecond as number })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', argument: 'bytesPerSecond' }),
  );
  await manager.close();
});
