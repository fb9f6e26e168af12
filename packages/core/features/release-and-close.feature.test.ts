import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { executionSteps } from './steps/execution-steps.js';
import { content } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { named } from './support/named.js';
import { runFeature } from './support/run-feature.js';
import type { Worker } from './support/worker.js';

const REQUESTS: Readonly<Record<string, (worker: Worker) => Promise<unknown>>> = {
  seal: ({ manager }) => manager.sealModel(new Uint8Array(1)),
  verify: (worker) => worker.manager.verifySealed(worker.shard('a')),
  execute: (worker) => worker.manager.execute([worker.shard('a')], () => undefined),
  recover: ({ manager }) => manager.recover({ reason: 'to go on' }),
  scrub: async ({ manager }) => manager.scrub({ bytesPerSecond: 1024 }),
};

const releaseSteps: StepSet = (step) => {
  step(
    'another worker {string} that has sealed a shard {string} of {string}',
    async (world, id, shardId, size) => {
      await (await world.worker(id)).seal(content(size, shardId), { shardId });
    },
  );

  step('the worker has closed', async (world) => {
    await (await world.worker()).manager.close();
  });

  step('the worker closes once more', async (world) => {
    const { manager } = await world.worker();
    await world.attempt(() => manager.close());
  });

  step('the worker is asked to close', async (world) => {
    const { manager } = await world.worker();
    await world.begin(() => manager.close());
  });

  step('the worker is closed while it seals a shard {string} of {string}', async (world, shardId, size) => {
    const worker = await world.worker();
    let closing: Promise<void> | undefined;
    const onProgress = (): void => {
      closing ??= worker.manager.close();
    };
    await world.attempt(() => worker.seal(content(size, shardId), { shardId, onProgress }));
    await closing;
  });

  step('a shard {string} is sealed in a scope that ends', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(async () => {
      await using shard = await worker.seal(content('1 MiB', shardId), { shardId });
      return shard.toJSON();
    });
  });

  step(
    'the worker is asked to release the shard {string} of the worker {string}',
    async (world, shardId, id) => {
      const shard = (await world.worker(id)).shard(shardId);
      const { manager } = await world.worker();
      await world.attempt(() => manager.release(shard));
    },
  );

  step('it is asked to {string} all the same', async (world, request) => {
    const worker = await world.worker();
    await world.attempt(() => named(REQUESTS, request)(worker));
  });

  step('the memory of shard {string} was wiped before it was given back', async (world, _shardId) => {
    const { trace } = (await world.machine()).backend;
    const [last, lastButOne] = trace.toReversed();
    expect(lastButOne).toMatchObject({ operation: 'zero', allocation: 1 });
    expect(last).toMatchObject({ operation: 'free', allocation: 1 });
  });

  step('it does not close yet', async (world) => {
    await delay(20);
    expect(world.isUnderWay).toBe(true);
    expect((await world.worker()).manager.list().map(({ shardId }) => shardId)).toContain('a');
  });

  step('asked to seal, verify or execute meanwhile it refuses with {string}', async (world, code) => {
    const worker = await world.worker();
    for (const request of ['seal', 'verify', 'execute']) {
      await expect(named(REQUESTS, request)(worker)).rejects.toMatchObject({ code });
    }
  });

  step('the worker has closed in order', async (world) => {
    await world.settle();
    world.success();
    expect((await world.worker()).manager.state).toBe('closed');
  });

  step('nothing lies on the GPU any more', async (world) => {
    expect((await world.machine()).allocated).toBe(0);
  });

  step('the log holds no seal of shard {string}', async (world, shardId) => {
    const ofShard = (await world.records()).filter(({ members }) => members['shard_id'] === shardId);
    expect(ofShard.map(({ eventType, members }) => [eventType, members['reason']])).toEqual([
      ['vram_deallocated', 'seal_failed'],
    ]);
  });
};

await runFeature('release-and-close.feature', executionSteps, releaseSteps);
