import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@vram-residency/device';
import { expect } from 'vitest';
import { parseSize } from '../support/content.js';
import type { StepSet } from '../support/define-step.js';

/** The machine, the worker on it, and its state. */
export const workerSteps: StepSet = (step) => {
  step('a GPU with {string} of free memory', (world, size) => {
    const capacityBytes = parseSize('1 GiB');
    world.gpu = { ...world.gpu, capacityBytes, occupiedBytes: capacityBytes - parseSize(size) };
  });

  step('a GPU that cannot make memory read-only', (world) => {
    world.gpu = { ...world.gpu, canProtect: false };
  });

  step('the GPU fails the next {string}', async (world, operation) => {
    (await world.machine()).failNext(operation as Operation, 'DEVICE_ERROR');
  });

  step('a worker with a budget of {string}', (world, size) => {
    world.setup = { ...world.setup, budgetBytes: parseSize(size) };
  });

  step('a worker that must have every record on disk', (world) => {
    world.setup = { ...world.setup, auditMode: 'required' };
  });

  step('the worker waits {int} ms', (_world, ms) => delay(ms));

  step('the worker closes', async (world) => {
    const { manager } = await world.worker();
    await world.attempt(() => manager.close());
  });

  step('the worker is {string}', async (world, state) => {
    expect((await world.worker()).manager.state).toBe(state);
  });

  step('the worker tells its listeners {string} because of {string}', async (world, name, reason) => {
    const { notices } = await world.worker();
    expect(notices.filter((notice) => notice.name === name)).toMatchObject([{ payload: { reason } }]);
  });

  step('the worker holds {string} of GPU memory', async (world, size) => {
    const { manager } = await world.worker();
    const usedBytes = parseSize(size);
    expect(await manager.memory()).toMatchObject({ usedBytes, reservedBytes: 0 });
    expect(manager.metrics()).toMatchObject({ usedBytes });
  });

  step('the GPU has {string} of free memory left', async (world, size) => {
    const { manager } = await world.worker();
    const { totalBytes, freeBytes } = await manager.memory();
    const { totalBytes: wanted } = await world.machine();
    expect({ totalBytes, freeBytes }).toEqual({ totalBytes: wanted, freeBytes: parseSize(size) });
  });
};
