import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openWorker, type Worker } from '../../test/support.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const verifications = ({ sink }: Worker) =>
  sink.events.filter(({ type }) => type === 'seal_verified').map(({ members }) => members);

test('the first verification is recorded at once, those of the second after it as one record with their count', async () => {
  const worker = await openWorker();
  const { manager } = worker;
  const shard = await manager.sealModel(new Uint8Array(5), { shardId: 'a' });
  for (const traceId of ['t-1', 't-2', 't-3', 't-4']) {
    vi.advanceTimersByTime(100);
    await manager.verifySealed(shard, { traceId, jobId: 'j' });
  }
  const common = { shard_id: 'a', gpu_device: 0, mode: 'full', bytes_verified: 5, job_id: 'j' };
  expect(verifications(worker)).toEqual([{ ...common, count: 1, trace_id: 't-1' }]);
  const firstAt = new Date(Date.now() - 200).toISOString().replace('Z', '000Z');
  vi.advanceTimersByTime(1000);
  expect(verifications(worker)[1]).toEqual({ ...common, count: 3, first_at: firstAt });
  await manager.verifySealed(shard, { traceId: 't-5' });
  vi.advanceTimersByTime(1000);
  const heldBack = new Date(Date.now() - 1000).toISOString().replace('Z', '000Z');
  expect(verifications(worker)[2]).toMatchObject({ count: 1, trace_id: 't-5', first_at: heldBack });
  await manager.close();
});

test('after a quiet second the next verification is recorded at once again', async () => {
  const worker = await openWorker();
  const shard = await worker.manager.sealModel(new Uint8Array(5));
  await worker.manager.verifySealed(shard);
  vi.advanceTimersByTime(1001);
  await worker.manager.verifySealed(shard);
  expect(verifications(worker).map(({ count }) => count)).toEqual([1, 1]);
  await worker.manager.close();
});

test('what is held back is recorded before the shard is released, and before the manager is closed', async () => {
  const worker = await openWorker();
  const { manager, sink } = worker;
  const shards = [await manager.sealModel(new Uint8Array(5)), await manager.sealModel(new Uint8Array(5))];
  for (const shard of [...shards, ...shards, ...shards]) await manager.verifySealed(shard);
  await manager.release(shards[0] as never);
  expect(sink.types().slice(-2)).toEqual(['seal_verified', 'vram_deallocated']);
  await manager.close();
  expect(verifications(worker).map(({ count }) => count)).toEqual([1, 1, 2, 2]);
});

test('what succeeded before a failure or a recovery stands before it in the log', async () => {
  const { manager, backend, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(5), { shardId: 'a' });
  const other = await manager.sealModel(new Uint8Array(5), { shardId: 'b' });
  for (const verified of [shard, other, shard, other]) await manager.verifySealed(verified);
  backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 1 });
  await manager.verifySealed(shard).catch(() => undefined);
  await manager.verifySealed(other);
  await manager.release(shard);
  await manager.recover({ reason: 'r' });
  await manager.close();
  const told = sink.events.map(
    ({ type, members }) => `${type} ${members['shard_id'] ?? ''} ${members['count'] ?? ''}`,
  );
  expect(told.slice(4).map((text) => text.trim())).toEqual([
    'seal_verified a 1',
    'seal_verified b 1',
    'seal_verified a 1',
    'seal_verification_failed a',
    'vram_deallocated a',
    'seal_verified b 3',
    'worker_recovered',
    'vram_deallocated b',
  ]);
});

test('verifications of the signature alone are recorded as that, apart from the others', async () => {
  const worker = await openWorker();
  const shard = await worker.manager.sealModel(new Uint8Array(5));
  await worker.manager.execute([shard], () => 1, { verify: 'signature' });
  await worker.manager.execute([shard], () => 1);
  expect(verifications(worker).map(({ mode, bytes_verified }) => [mode, bytes_verified])).toEqual([
    ['signature', 0],
    ['full', 5],
  ]);
  await worker.manager.close();
});

test('calls that share a verification share its record: no record counts bytes that were not read', async () => {
  const worker = await openWorker();
  const { manager } = worker;
  const shard = await manager.sealModel(new Uint8Array(5));
  await Promise.all(Array.from({ length: 10 }, () => manager.execute([shard], () => 1)));
  await manager.close();
  const recorded = verifications(worker).reduce((sum, { count }) => sum + (count as number), 0);
  expect(recorded).toBe(manager.metrics().verifications);
  expect(recorded).toBe(1);
});

test('where audit is required each verification has a record of its own, and waits for it', async () => {
  const worker = await openWorker({ auditMode: 'required' });
  const { manager, sink } = worker;
  const shard = await manager.sealModel(new Uint8Array(5));
  await manager.verifySealed(shard);
  await manager.verifySealed(shard);
  expect(verifications(worker).map(({ count }) => count)).toEqual([1, 1]);
  sink.isDown = true;
  await expect(manager.verifySealed(shard)).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    retriable: true,
  });
  sink.isDown = false;
  await manager.close();
});
