import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { Scrubber } from 'vram-residency';
import { executionSteps } from './steps/execution-steps.js';
import { parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

const scrubbers = new WeakMap<World, Scrubber>();
const PATIENCE = { timeout: 20_000, interval: 10 };

/** How often each of the device's allocations, in the order in which they were made, was digested since sealing. */
async function digestsSinceSealing(world: World): Promise<number[]> {
  const { trace } = (await world.machine()).backend;
  const digested = trace.filter(({ operation }) => operation === 'digest');
  const counts: number[] = [];
  for (const { allocation = 0 } of digested) counts[allocation - 1] = (counts[allocation - 1] ?? -1) + 1;
  return counts;
}

async function shardsInRecords(world: World, eventType: string): Promise<unknown[]> {
  const records = (await world.records()).filter((record) => record.eventType === eventType);
  return [...new Set(records.map(({ members }) => members['shard_id']))].sort();
}

const backgroundSteps: StepSet = (step) => {
  step('the worker verifies {string} per second in the background', async (world, size) => {
    const { manager } = await world.worker();
    scrubbers.set(world, manager.scrub({ bytesPerSecond: parseSize(size) }));
  });

  step('the worker is to verify {string} bytes per second in the background', async (world, rate) => {
    const { manager } = await world.worker();
    await world.attempt(async () => manager.scrub({ bytesPerSecond: Number(rate) }));
  });

  step('the background verification is stopped', async (world) => {
    await scrubbers.get(world)?.stop();
  });

  step('shards {string} are each verified {int} times', async (world, list, times) => {
    const worker = await world.worker();
    const order = worker.shards.map(({ shardId }) => shardId);
    const before = await digestsSinceSealing(world);
    await vi.waitFor(async () => {
      const counts = await digestsSinceSealing(world);
      for (const shardId of list.split(', ')) {
        const i = order.indexOf(shardId);
        expect((counts[i] as number) - (before[i] as number)).toBeGreaterThanOrEqual(times);
      }
    }, PATIENCE);
  });

  step('the first verification comes at once', async (world) => {
    await vi.waitFor(async () => expect(await digestsSinceSealing(world)).toEqual([1]), PATIENCE);
  });

  step('nothing is verified while {int} ms pass', async (world, ms) => {
    const { backend } = await world.machine();
    const before = backend.calls('digest');
    await delay(ms);
    expect(backend.calls('digest')).toBe(before);
  });

  step('the worker stops by itself because of {string}', async (world, reason) => {
    const { manager, notices } = await world.worker();
    await vi.waitFor(() => expect(manager.state).toBe('stopped'), PATIENCE);
    expect(notices.filter(({ name }) => name === 'stopped')).toMatchObject([{ payload: { reason } }]);
  });

  step('the log has {string} records about the shards {string}', async (world, eventType, list) => {
    expect(await shardsInRecords(world, eventType)).toEqual(list.split(', '));
  });

  step('the log has one failure, about shard {string}', async (world, shardId) => {
    const failures = (await world.records()).filter(
      ({ eventType }) => eventType === 'seal_verification_failed',
    );
    expect(failures.map(({ members, severity }) => [members['shard_id'], severity])).toEqual([
      [shardId, 'CRITICAL'],
    ]);
  });
};

await runFeature('background-verification.feature', executionSteps, backgroundSteps);
