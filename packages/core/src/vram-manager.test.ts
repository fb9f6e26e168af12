import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AuditEvent } from '@vram-residency/audit-chain';
import { verifyLog } from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { simulatedBackend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ShardView } from './execution/shard-view.js';
import type { VramManagerOptions } from './manager/manager-options.js';
import { VramManager } from './vram-manager.js';

const MIB = 2 ** 20;
const TOKEN = 'token-of-the-worker-0123456789';
let backend: ReturnType<typeof simulatedBackend>;
let events: AuditEvent[];

beforeEach(() => {
  backend = simulatedBackend({ devices: [{ capacityBytes: 1024 * MIB }] });
  events = [];
});

const open = (more: Partial<VramManagerOptions> = {}) =>
  VramManager.open({
    backend,
    workerToken: TOKEN,
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
    auditLog: {
      emit: (event) => {
        events.push(event);
        return { durable: Promise.resolve({ seq: events.length, leaf: new Uint8Array(32) }) };
      },
    },
    ...more,
  });
function promiseWithResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
const types = () => events.map(({ type }) => type);

test('a shard is sealed, verified where it lies, and released, and every step is recorded', async () => {
  const manager = await open();
  const shard = await manager.sealModel(new Uint8Array(3 * MIB).fill(7), { shardId: 'a', modelRef: 'm' });
  expect(await manager.verifySealed(shard)).toEqual({ shardId: 'a', mode: 'full', bytesVerified: 3 * MIB });
  expect(await manager.verifySealed(JSON.parse(JSON.stringify(shard)))).toMatchObject({ shardId: 'a' });
  expect(manager.metrics()).toMatchObject({ seals: 1, residentShards: 1, usedBytes: 4 * MIB });
  expect(await manager.release(shard)).toEqual({ freedBytes: 4 * MIB, zeroed: true });
  await manager.close();
  expect(types()).toEqual([
    'vram_allocated',
    'vram_sealed',
    'seal_verified',
    'seal_verified',
    'vram_deallocated',
  ]);
  expect(events[1]?.members).toMatchObject({
    simulated: true,
    read_only: true,
    vram_bytes: 3 * MIB,
    model_ref: 'm',
  });
  expect(backend.faults.allocations).toEqual([]);
});

test('a flipped bit is found, stops the worker, and is recovered from once the shard is gone', async () => {
  const manager = await open();
  const stopped: string[] = [];
  manager.on('stopped', ({ reason }) => stopped.push(reason));
  const shard = await manager.sealModel(new Uint8Array(MIB), { digest: 'sha256-fsverity' });
  backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 12345 });
  await expect(manager.verifySealed(shard)).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
    reason: 'digest_mismatch',
  });
  expect(stopped).toEqual(['digest_mismatch']);
  await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  expect(events.find(({ type }) => type === 'seal_verification_failed')?.members).toMatchObject({
    expected_digest: `sha256-fsverity:${shard.fields.digest}`,
    actual_digest: expect.stringMatching(/^sha256-fsverity:[0-9a-f]{64}$/),
  });
  await expect(manager.recover({ reason: 'too early' })).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
  });
  await manager.release(shard);
  await manager.recover({ reason: 'corrupted shard released' });
  expect(manager.state).toBe('ready');
  expect(types()).toContain('worker_recovered');
  await manager.close();
});

test('content that was not expected is refused and undone', async () => {
  const manager = await open();
  for (const algorithm of ['sha256', 'blake3', 'sha256-fsverity']) {
    const expected = `${algorithm}:${'0'.repeat(64)}`;
    await expect(manager.sealModel(new Uint8Array(5), { expected })).rejects.toMatchObject({
      code: 'SEAL_REJECTED',
    });
  }
  expect(types().slice(0, 3)).toEqual(['vram_allocated', 'seal_rejected', 'vram_deallocated']);
  expect(events[2]?.members).toMatchObject({ reason: 'seal_failed', zeroed: true });
  const sha256 = 'sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
  await manager.sealModel(new Uint8Array(1), { expected: sha256 });
  expect(manager.metrics().usedBytes).toBe(2 * MIB);
  await manager.close();
});

test('seals of others are refused and recorded', async () => {
  const manager = await open();
  const other = await open({ workerId: 'gpu-1' });
  const shard = await manager.sealModel(new Uint8Array(9), { shardId: 'a' });
  const foreign = await other.sealModel(new Uint8Array(9), { shardId: 'a' });
  await expect(manager.verifySealed(foreign)).rejects.toMatchObject({ reason: 'unknown_shard' });
  const forged = { ...shard.toJSON(), vram_bytes: 10 };
  await expect(manager.verifySealed(forged)).rejects.toMatchObject({ reason: 'signature_invalid' });
  await manager.close();
  await other.close();
});

test('concurrent seals never take more than the budget', async () => {
  const manager = await open({ budgetBytes: 6 * MIB });
  const seals = Array.from({ length: 10 }, () =>
    manager.sealModel(new Uint8Array(MIB), { digest: 'sha256-fsverity' }),
  );
  const outcomes = await Promise.allSettled(seals);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(manager.metrics().usedBytes).toBe(6 * MIB);
  await manager.close();
  expect(backend.faults.allocations).toEqual([]);
});

test('invalid input leaves no record', async () => {
  const manager = await open();
  for (const shardId of ['../x', 'a\0b', '@#$%', 'x'.repeat(257), '']) {
    await expect(manager.sealModel(new Uint8Array(1), { shardId })).rejects.toBeInstanceOf(RangeError);
  }
  await expect(manager.sealModel(new Uint8Array(0))).rejects.toBeInstanceOf(RangeError);
  const misplaced = [{ shardIndex: 0 }, { shardIndex: 2, totalShards: 2 }, { modelRef: '' }];
  for (const options of misplaced) {
    await expect(manager.sealModel(new Uint8Array(1), options)).rejects.toBeInstanceOf(RangeError);
  }
  expect(events).toEqual([]);
  await manager.close();
});

test('a device that the policy refuses is not used', async () => {
  const manager = await open({ policy: vramOnly() });
  await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
  expect(types()).toEqual(['policy_violation']);
  expect(manager.state).toBe('stopped');
  await manager.close();
});

test('an execution sees verified shards, keeps them from being released, and no longer', async () => {
  const manager = await open();
  const shard = await manager.sealModel(new Uint8Array(MIB), { shardId: 'a', digest: 'sha256-fsverity' });
  const { promise: working, resolve: startWorking } = promiseWithResolvers();
  const { promise: mayEnd, resolve: end } = promiseWithResolvers();
  let kept: ShardView | undefined;
  const executing = manager.execute(
    [shard],
    async ([view]) => {
      kept = view;
      startWorking();
      await mayEnd;
      return view?.sizeBytes;
    },
    { traceId: 't-1' },
  );
  await working;
  let isReleased = false;
  const releasing = manager.release(shard).then(() => {
    isReleased = true;
  });
  await setImmediate();
  expect(isReleased).toBe(false);
  await expect(manager.execute([shard], () => 1)).rejects.toMatchObject({ code: 'SHARD_RELEASED' });
  end();
  expect(await executing).toBe(MIB);
  await releasing;
  expect(() => kept?.sizeBytes).toThrow(expect.objectContaining({ code: 'VIEW_EXPIRED' }));
  expect(events.find(({ type }) => type === 'seal_verified')?.members).toMatchObject({
    trace_id: 't-1',
    mode: 'full',
  });
  await manager.close();
});

test('what would wait for the execution that asks for it is refused', async () => {
  const manager = await open();
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  const other = await manager.sealModel(new Uint8Array(1), { shardId: 'b' });
  let late: Promise<unknown> | undefined;
  const refused = { code: 'SHARD_IN_USE', shardId: 'a' };
  await manager.execute([shard], async () => {
    await expect(manager.release(shard)).rejects.toMatchObject(refused);
    await expect(shard[Symbol.asyncDispose]()).rejects.toMatchObject(refused);
    await expect(manager.close()).rejects.toMatchObject(refused);
    await manager.execute([other], () => expect(manager.release(shard)).rejects.toMatchObject(refused));
    await manager.release(other);
    // Not awaited by the execution, so it may release the shard once that has ended.
    late = setImmediate().then(() => setImmediate().then(() => manager.release(shard)));
  });
  expect(await late).toMatchObject({ zeroed: true });
  await manager.close();
});

test('a listener may close the manager from within an execution', async () => {
  const manager = await open();
  const shard = await manager.sealModel(new Uint8Array(MIB));
  let closing: Promise<void> | undefined;
  manager.on('stopped', () => {
    closing = manager.close();
  });
  await manager.execute([shard], async () => {
    backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 1 });
    await expect(manager.verifySealed(shard)).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });
  await closing;
  expect(manager.state).toBe('closed');
  expect(backend.faults.allocations).toEqual([]);
});

test('executions verify as asked, and concurrent ones share one verification', async () => {
  const manager = await open();
  const shard = await manager.sealModel(new Uint8Array(MIB), { digest: 'sha256-fsverity' });
  const digests = () => backend.faults.calls('digest');
  const before = digests();
  await Promise.all(Array.from({ length: 10 }, () => manager.execute([shard], () => undefined)));
  expect(digests()).toBe(before + 1);
  await manager.execute([shard], () => undefined, { verify: { maxAgeMs: 60_000 } });
  await manager.execute([shard], () => undefined, { verify: 'signature' });
  expect(digests()).toBe(before + 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await manager.execute([shard], () => undefined, { verify: { maxAgeMs: 1 } });
  expect(digests()).toBe(before + 2);
  await expect(manager.execute([shard], () => undefined, { verify: 'no' as never })).rejects.toBeInstanceOf(
    RangeError,
  );
  backend.faults.flipBit(backend.faults.allocations[0] as never, { offset: 1 });
  let ran = false;
  const refused = manager.execute([shard], () => {
    ran = true;
  });
  await expect(refused).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  expect(ran).toBe(false);
  await manager.close();
});

test('memory is given back once, even if the record of it cannot be made durable', async () => {
  let isDown = false;
  const auditLog = {
    emit: () => ({
      durable: isDown
        ? Promise.reject(new Error('disk full'))
        : Promise.resolve({ seq: 0, leaf: new Uint8Array(32) }),
    }),
  };
  const manager = await open({ auditLog, auditMode: 'required' });
  const kept = await manager.sealModel(new Uint8Array(1), { shardId: 'kept' });
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'gone' });
  isDown = true;
  await expect(manager.release(shard)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  await expect(shard[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  isDown = false;
  expect(manager.metrics()).toMatchObject({ residentShards: 1, usedBytes: 2 * MIB, releases: 1 });
  expect(manager.list().map(({ shardId }) => shardId)).toEqual([kept.shardId]);
  await manager.close();
  expect(manager.metrics().usedBytes).toBe(0);
});

let scratch: string | undefined;
afterEach(() => {
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
  scratch = undefined;
});

test('the log proves it: file sealed, verified, released, log verified from outside', async () => {
  scratch = mkdtempSync(join(tmpdir(), 'vram-manager-'));
  const dir = join(scratch, 'log');
  writeFileSync(join(scratch, 'model.bin'), new Uint8Array(2 * MIB).fill(3));
  const auditLog = await AuditLog.open({
    dir,
    workerId: 'gpu-0',
    secret: 'a secret of sixteen bytes',
    onError: () => undefined,
  });
  const manager = await open({ auditLog, auditMode: 'required' });
  const shard = await manager.sealModel(join(scratch, 'model.bin'));
  await manager.verifySealed(shard);
  await manager.close();
  await auditLog.close();
  const result = await verifyLog(await openLog(dir), {
    vkey: auditLog.vkey,
    secret: 'a secret of sixteen bytes',
  });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified' });
  expect(result.events).toMatchObject({
    vram_allocated: 1,
    vram_sealed: 1,
    seal_verified: 1,
    vram_deallocated: 1,
  });
});
