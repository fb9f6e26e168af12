import { describe, expect, test } from 'vitest';
import { MIB, openWorker } from '../../test/support.js';

describe('the memory of a worker', () => {
  test('is counted as the device rounds it, and told with what the device has left', async () => {
    const { manager } = await openWorker();
    const shard = await manager.sealModel(new Uint8Array(3 * MIB));
    const memory = { totalBytes: 64 * MIB, freeBytes: 60 * MIB, usedBytes: 4 * MIB, reservedBytes: 0 };
    expect(await manager.memory()).toEqual(memory);
    await manager.release(shard);
    expect(await manager.memory()).toEqual({ ...memory, freeBytes: 64 * MIB, usedBytes: 0 });
    await manager.close();
  });

  test('shows as reserved what a seal was promised and the device has not given yet', async () => {
    const { manager, backend } = await openWorker();
    const device = await backend.open(0);
    const reserved: number[] = [];
    const allocate = Object.getPrototypeOf(device).allocate;
    Object.getPrototypeOf(device).allocate = async function (...args: unknown[]) {
      reserved.push((await manager.memory()).reservedBytes);
      return allocate.apply(this, args);
    };
    try {
      await manager.sealModel(new Uint8Array(5 * MIB));
    } finally {
      Object.getPrototypeOf(device).allocate = allocate;
    }
    expect(reserved).toEqual([5 * MIB]);
    expect((await manager.memory()).reservedBytes).toBe(0);
    await device.close();
    await manager.close();
  });

  test('never exceeds the budget, though how much the device rounds up is known only afterwards', async () => {
    const { manager, backend, sink } = await openWorker({ budgetBytes: 3 * MIB });
    await manager.sealModel(new Uint8Array(1));
    await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({
      code: 'INSUFFICIENT_VRAM',
      reason: 'budget_exceeded',
      retriable: true,
    });
    expect(manager.metrics().usedBytes).toBe(2 * MIB);
    expect(backend.faults.allocations).toHaveLength(1);
    expect(sink.types().slice(2)).toEqual(['vram_allocated', 'vram_deallocated', 'vram_allocation_failed']);
    expect(sink.only('vram_allocation_failed')).toEqual({
      requested_bytes: 1,
      available_bytes: MIB,
      reason: 'budget_exceeded',
      gpu_device: 0,
    });
    await manager.close();
  });

  test.each([
    ['insufficient_vram', 'INSUFFICIENT_VRAM', { capacityBytes: 4 * MIB }, undefined, 4 * MIB],
    [
      'driver_out_of_memory',
      'INSUFFICIENT_VRAM',
      {},
      { operation: 'allocate', code: 'OUT_OF_MEMORY' },
      64 * MIB,
    ],
    ['device_error', 'DEVICE_FAILED', {}, { operation: 'allocate', code: 'DEVICE_ERROR' }, 64 * MIB],
    ['device_error', 'DEVICE_FAILED', {}, { operation: 'memory', code: 'DEVICE_ERROR' }, null],
  ] as const)('that cannot be had is recorded with %s', async (reason, code, device, fault, available) => {
    const { manager, backend, sink } = await openWorker({ device });
    if (fault !== undefined) backend.faults.failCall(fault);
    await expect(manager.sealModel(new Uint8Array(5 * MIB), { traceId: 't' })).rejects.toMatchObject({
      code,
      reason,
    });
    expect(sink.types()).toEqual(['vram_allocation_failed']);
    expect(sink.only('vram_allocation_failed')).toEqual({
      requested_bytes: 5 * MIB,
      available_bytes: available,
      reason,
      gpu_device: 0,
      trace_id: 't',
    });
    expect(manager.metrics().usedBytes).toBe(0);
    await manager.close();
  });

  test('is given back where the record of taking it cannot be made durable', async () => {
    const { manager, backend, sink, errors } = await openWorker({ auditMode: 'required' });
    sink.isDown = true;
    await expect(manager.sealModel(new Uint8Array(1))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(backend.faults.allocations).toEqual([]);
    expect(manager.metrics()).toMatchObject({ usedBytes: 0, residentShards: 0 });
    expect(errors).toEqual([expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' })]);
    sink.isDown = false;
    await manager.close();
  });
});
