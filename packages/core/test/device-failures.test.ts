import type { AuditEvent } from '@vram-residency/audit-chain';
import { DeviceError, type DeviceErrorCode, type OperationCall } from '@vram-residency/device';
import { PolicyError } from '@vram-residency/policy';
import { expect, test } from 'vitest';
import { VramError } from 'vram-residency';
import { MIB, openWorker, type Worker } from './support.js';

/** Everything that a worker asks of its device, from the first seal to the end. */
async function cycle({ manager }: Worker): Promise<void> {
  const first = await manager.sealModel(new Uint8Array(3 * MIB).fill(1), { shardId: 'first' });
  const second = await manager.sealModel(new Blob([new Uint8Array(MIB)]), {
    shardId: 'second',
    digest: 'sha256-fsverity',
  });
  await manager.memory();
  await manager.verifySealed(first);
  await manager.execute([first, second], ([view]) => view?.sizeBytes);
  await manager.release(first);
  await manager.close();
}

/** The log's account of the memory: every record adds up with the one before. Returns what is held at the end. */
function replay(events: readonly AuditEvent[]): number {
  let used = 0;
  for (const { type, members } of events) {
    if (type === 'vram_allocated') {
      used += members['allocated_bytes'] as number;
      expect(members['used_bytes']).toBe(used);
    } else if (type === 'vram_deallocated') {
      used -= members['freed_bytes'] as number;
      expect(members['remaining_used']).toBe(used);
    }
  }
  return used;
}

async function traceOfACycle(): Promise<readonly OperationCall[]> {
  const worker = await openWorker();
  await cycle(worker);
  return worker.backend.faults.trace;
}

const trace = await traceOfACycle();
const codes: readonly DeviceErrorCode[] = ['DEVICE_ERROR', 'OUT_OF_MEMORY', 'DEVICE_LOST'];
// The call that opens the device comes before any worker is there; `open` has tests of its own.
const calls = trace.map(({ operation }, i) => ({ operation, nth: i })).slice(1);

test('the cycle reaches every operation that a worker has', () => {
  expect(new Set(trace.map(({ operation }) => operation))).toEqual(
    new Set(['open', 'devices', 'memory', 'allocate', 'write', 'digest', 'protect', 'zero', 'free', 'close']),
  );
});

for (const code of codes) {
  test.each(calls)(
    `call $nth, $operation, fails with ${code}: memory, counts and records agree`,
    async ({ operation, nth }) => {
      const worker = await openWorker();
      const { manager, backend, sink, errors } = worker;
      backend.faults.failCall({ nth, code });
      const outcome = await cycle(worker).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(backend.faults.pending).toBe(0);
      expectKnown(outcome);
      // What could not be zeroed was told and recorded; every other failure came out of the call.
      if (outcome === undefined) {
        expect(operation === 'zero' || operation === 'free').toBe(true);
        const told = operation === 'zero' ? code : 'DEVICE_FAILED';
        expect(errors[0]).toMatchObject({ code: told });
      }
      expect(replay(sink.events)).toBe(manager.metrics().usedBytes);
      expect(heldBytes(worker)).toBe(manager.metrics().usedBytes);

      await manager.close().catch(expectKnown);
      await manager.close().catch(expectKnown);
      if (operation !== 'close') {
        expect(backend.faults.allocations).toEqual([]);
        expect(manager.metrics()).toMatchObject({ usedBytes: 0, residentShards: 0 });
        expect(replay(sink.events)).toBe(0);
      }
      for (const { members } of sink.events.filter(({ type }) => type === 'vram_sealed')) {
        expect(['first', 'second']).toContain(members['shard_id']);
      }
      expect(manager.metrics().seals).toBe(sink.types().filter((type) => type === 'vram_sealed').length);
    },
  );
}

test.each(calls)(
  'after call $nth, $operation, failed once the next cycle of the same worker works',
  async ({ operation, nth }) => {
    const worker = await openWorker();
    const { manager, backend } = worker;
    backend.faults.failCall({ nth, code: 'DEVICE_ERROR' });
    await cycle(worker).catch(expectKnown);
    if (manager.state === 'closed') {
      // Closing came last, so nothing of this worker is left to go on with.
      expect(['zero', 'free', 'close']).toContain(operation);
      return;
    }
    if (manager.state === 'stopped') await manager.recover({ reason: 'the device answers again' });
    for (const shard of manager.list()) await manager.release(shard);
    expect(manager.state).toBe('ready');
    await cycle(worker);
    expect(backend.faults.allocations).toEqual([]);
  },
);

test('a device that is lost is refused as that', async () => {
  const { manager, backend, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1));
  backend.faults.failCall({ operation: 'digest', code: 'DEVICE_LOST' });
  await expect(manager.verifySealed(shard)).rejects.toMatchObject({ reason: 'device_error' });
  await expect(manager.recover({ reason: 'hope' })).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  await expect(manager.memory()).rejects.toMatchObject({
    code: 'DEVICE_FAILED',
    cause: expect.objectContaining({ code: 'DEVICE_LOST' }),
  });
  await manager.close();
  expect(sink.only('vram_deallocated')).toMatchObject({ reason: 'manager_closed', zeroed: false });
});

test('a shard whose memory was not given back is held until it is', async () => {
  const { manager, backend, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  backend.faults.failCall({ operation: 'free', code: 'DEVICE_ERROR' });
  await expect(manager.release(shard)).rejects.toMatchObject({
    code: 'DEVICE_FAILED',
    cause: expect.any(DeviceError),
  });
  expect(manager.metrics()).toMatchObject({ residentShards: 1, usedBytes: 2 * MIB, releases: 0 });
  expect(sink.types()).not.toContain('vram_deallocated');
  expect(await manager.release(shard)).toEqual({ freedBytes: 2 * MIB, zeroed: true });
  expect(manager.metrics()).toMatchObject({ residentShards: 0, usedBytes: 0, releases: 1 });
  await manager.close();
});

test('a device that cannot be opened leaves nothing', async () => {
  await expect(openWorker({ gpuDevice: 7 })).rejects.toMatchObject({ code: 'NO_SUCH_DEVICE' });
});

function heldBytes({ backend }: Worker): number {
  return backend.faults.allocations.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
}

/** Every failure comes with the code of this package, or of the policy's. */
function expectKnown(error: unknown): void {
  if (error === undefined) return;
  expect(error instanceof VramError || error instanceof PolicyError).toBe(true);
}
