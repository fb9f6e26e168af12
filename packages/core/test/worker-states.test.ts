import { setImmediate } from 'node:timers/promises';
import { SealKey, serializeSeal } from '@vram-residency/seal-crypto';
import { expect, test } from 'vitest';
import { allocationOf, MIB, openWorker, TOKEN } from './support.js';

async function stoppedWorker() {
  const worker = await openWorker();
  const shard = await worker.manager.sealModel(new Uint8Array(MIB), { shardId: 'a' });
  const allocation = allocationOf(worker.backend);
  worker.backend.faults.flipBit(allocation, { offset: 5 });
  await worker.manager.verifySealed(shard).catch(() => undefined);
  expect(worker.manager.state).toBe('stopped');
  return { ...worker, shard, allocation };
}

test('recovering verifies what is resident, is recorded, and is refused while something is wrong', async () => {
  const { manager, backend, sink, allocation } = await stoppedWorker();
  await expect(manager.recover({ reason: 'too early' })).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
  });
  expect(manager.state).toBe('stopped');
  backend.faults.flipBit(allocation, { offset: 5 });
  const recovering = manager.recover({ reason: 'the bit was flipped back', actor: 'operator', traceId: 't' });
  expect(manager.state).toBe('starting');
  await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  await expect(manager.recover({ reason: 'twice' })).rejects.toMatchObject({ code: 'WORKER_NOT_STOPPED' });
  await recovering;
  expect(manager.state).toBe('ready');
  expect(sink.only('worker_recovered')).toEqual({
    reason: 'the bit was flipped back',
    gpu_device: 0,
    actor: 'operator',
    trace_id: 't',
  });
  expect(manager.metrics().recoveries).toBe(1);
  await manager.close();
});

test('recovering judges the device as it is now', async () => {
  const { manager, backend, shard, sink } = await stoppedWorker();
  await manager.release(shard);
  backend.faults.setFacts(0, { eccUncorrectedVolatile: 3 });
  await expect(manager.recover({ reason: 'hope' })).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
  expect(manager.state).toBe('stopped');
  expect(sink.only('policy_violation')).toMatchObject({ violation: 'invalid_device_properties' });
  backend.faults.setFacts(0, { eccUncorrectedVolatile: 0 });
  await manager.recover({ reason: 'the GPU was reset' });
  expect(manager.state).toBe('ready');
  await manager.close();
});

test('recovering judges every allocation that is held as it is now', async () => {
  const allocationFacts: { managed?: boolean } = {};
  const { manager, backend, sink } = await openWorker({ device: { allocationFacts } });
  await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  backend.faults.setFacts(0, { integrated: true });
  await manager.sealModel(new Uint8Array(1)).catch(() => undefined);
  backend.faults.setFacts(0, { integrated: false });
  allocationFacts.managed = true;
  await expect(manager.recover({ reason: 'r' })).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
  expect(sink.events.filter(({ type }) => type === 'policy_violation').map(({ members }) => members)).toEqual(
    [
      expect.objectContaining({ details: expect.stringContaining('integrated') }),
      expect.objectContaining({ details: expect.stringContaining('managed') }),
    ],
  );
  allocationFacts.managed = false;
  await manager.recover({ reason: 'r' });
  await manager.close();
});

test('a verification that fails during a recovery keeps the worker stopped, and nothing is recorded as recovered', async () => {
  const { manager, backend, allocation, sink, shard } = await stoppedWorker();
  backend.faults.flipBit(allocation, { offset: 5 });
  const recovering = manager.recover({ reason: 'r' });
  const { signature: _, ...unsigned } = shard.toJSON();
  await expect(manager.verifySealed(unsigned as never)).rejects.toMatchObject({ reason: 'not_sealed' });
  await expect(recovering).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  expect(manager.state).toBe('stopped');
  expect(sink.types()).not.toContain('worker_recovered');
  await manager.close();
  await expect(manager.memory()).rejects.toMatchObject({ code: 'MANAGER_CLOSED' });
});

test('a worker whose recovery is not recorded stays stopped where audit is required', async () => {
  const { manager, backend, sink } = await openWorker({ auditMode: 'required' });
  backend.faults.setFacts(0, { integrated: true });
  await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
  backend.faults.setFacts(0, { integrated: false });
  sink.isDown = true;
  await expect(manager.recover({ reason: 'r' })).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(manager.state).toBe('stopped');
  await expect(manager.recover({ reason: 'x'.repeat(1025) })).rejects.toThrow(TypeError);
  await manager.close().catch(() => undefined);
});

test('a seal that is loading when the worker stops is undone', async () => {
  const { manager, backend, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(MIB), { shardId: 'a' });
  backend.faults.flipBit(allocationOf(backend), { offset: 5 });
  const sealing = manager.sealModel(new Uint8Array(8 * MIB), {
    shardId: 'b',
    onProgress: ({ phase }) => {
      if (phase === 'digesting') manager.verifySealed(shard).catch(() => undefined);
    },
  });
  await expect(sealing).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
  expect(sink.only('vram_sealed')).toMatchObject({ shard_id: 'a' });
  expect(sink.only('vram_deallocated')).toMatchObject({ shard_id: 'b', reason: 'seal_failed' });
  await manager.close();
});

test('closing waits for executions, refuses new work, and is idempotent', async () => {
  const { manager, backend, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(MIB), { shardId: 'a' });
  let end: () => void = () => undefined;
  let isWorking = false;
  const executing = manager.execute([shard], async ([view]) => {
    isWorking = true;
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    return view?.sizeBytes;
  });
  while (!isWorking) await setImmediate();
  const closing = manager.close();
  expect(manager.state).toBe('closed');
  for (const refused of [
    manager.sealModel(new Uint8Array(1)),
    manager.verifySealed(shard),
    manager.execute([shard], () => 1),
    manager.recover({ reason: 'r' }),
  ]) {
    await expect(refused).rejects.toMatchObject({ code: 'MANAGER_CLOSED' });
  }
  expect(backend.faults.allocations).toHaveLength(1);
  end();
  expect(await executing).toBe(MIB);
  await closing;
  await manager.close();
  await shard[Symbol.asyncDispose]();
  expect(sink.only('vram_deallocated')).toMatchObject({
    shard_id: 'a',
    reason: 'manager_closed',
    zeroed: true,
  });
  expect(manager.list()).toEqual([]);
  expect(backend.faults.allocations).toEqual([]);
});

test('handles tell a released shard from one that was never here', async () => {
  const { manager, sink } = await openWorker();
  const other = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  const foreign = await other.manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  const [again] = manager.list();
  expect(again?.toJSON()).toEqual(shard.toJSON());
  const seal = shard.toJSON();
  const released = await manager.release(shard);
  expect(await manager.release(again as never)).toEqual(released);
  await expect(manager.release(foreign)).rejects.toMatchObject({ code: 'UNKNOWN_SHARD' });
  await expect(manager.verifySealed(shard)).rejects.toMatchObject({ code: 'SHARD_RELEASED' });
  await expect(manager.execute([shard], () => 1)).rejects.toMatchObject({ code: 'SHARD_RELEASED' });
  expect(manager.state).toBe('ready');
  expect(sink.types()).toEqual(['vram_allocated', 'vram_sealed', 'vram_deallocated']);
  await expect(manager.verifySealed(seal)).rejects.toMatchObject({ reason: 'unknown_shard' });
  expect(manager.state).toBe('stopped');
  await manager.close();
  await other.manager.close();
});

test('a seal that the token signed over other fields is not one of what is held', async () => {
  const { manager } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  const fields = { ...shard.fields, modelRef: 'another model' };
  const signature = SealKey.derive(TOKEN, 'gpu-0').sign(fields);
  await expect(manager.verifySealed(serializeSeal({ fields, signature }))).rejects.toMatchObject({
    code: 'VERIFICATION_FAILED',
    reason: 'unknown_shard',
  });
  await manager.close();
});

test('what is no seal is told apart from a seal without a signature', async () => {
  const { manager, sink } = await openWorker();
  const shard = await manager.sealModel(new Uint8Array(1), { shardId: 'a' });
  const { signature: _, ...unsigned } = shard.toJSON();
  for (const junk of [
    undefined,
    null,
    7,
    'x',
    {},
    [],
    { ...unsigned, signature: 'xyz' },
    { ...unsigned, more: 1 },
  ]) {
    await expect(manager.verifySealed(junk as never)).rejects.toMatchObject({ code: 'INVALID_SEAL' });
  }
  expect(manager.state).toBe('ready');
  expect(sink.types()).toEqual(['vram_allocated', 'vram_sealed']);
  await expect(manager.verifySealed(unsigned as never)).rejects.toMatchObject({ reason: 'not_sealed' });
  expect(sink.only('seal_verification_failed')).toMatchObject({ shard_id: 'a', reason: 'not_sealed' });
  await manager.close();
});

test('listeners are told until they are taken off, and what they throw goes to onError', async () => {
  const { manager, backend, errors } = await openWorker();
  const told: string[] = [];
  const listener = () => told.push('taken off');
  manager.on('stopped', listener).on('stopped', () => {
    throw new Error('a listener failed');
  });
  manager.on('violation', ({ violation }) => told.push(violation));
  manager.on('stopped', ({ reason }) => told.push(reason)).off('stopped', listener);
  backend.faults.setFacts(0, { integrated: true });
  await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'POLICY_VIOLATION' });
  expect(told).toEqual(['unified_memory_detected', 'policy_violation']);
  expect(errors).toEqual([expect.objectContaining({ message: 'a listener failed' })]);
  await manager.close();
});

test('a policy that nobody checked is refused when the manager is opened', async () => {
  const policy = { name: 'own', rules: [] };
  await expect(openWorker({ policy })).rejects.toThrow(TypeError);
});
