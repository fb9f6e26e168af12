import type { SerializedSeal } from '@vram-residency/seal-crypto';
import { expect } from 'vitest';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';

const verificationSteps: StepSet = (step) => {
  step('the worker verifies shard {string} once more', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(() => worker.manager.verifySealed(worker.shard(shardId)));
  });

  step('the worker verifies shard {string} {int} times', async (world, shardId, times) => {
    const worker = await world.worker();
    await world.attempt(async () => {
      for (let i = 0; i < times; i++) await worker.manager.verifySealed(worker.shard(shardId));
    });
  });

  step('the worker verifies the stored seal of shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    const stored = JSON.stringify(worker.shard(shardId));
    await world.attempt(() => worker.manager.verifySealed(JSON.parse(stored) as SerializedSeal));
  });

  step(
    'the worker verifies shard {string} for the trace {string}, the job {string} and the actor {string}',
    async (world, shardId, traceId, jobId, actor) => {
      const worker = await world.worker();
      const context = { traceId, jobId, actor };
      await world.attempt(() => worker.manager.verifySealed(worker.shard(shardId), context));
    },
  );

  step(
    'the GPU has digested shard {string} {int} times since it was sealed',
    async (world, _shardId, times) => {
      // Sealing digests the bytes once.
      expect((await world.machine()).backend.calls('digest')).toBe(1 + times);
    },
  );

  step('the host has read nothing back from the GPU', async (world) => {
    expect((await world.machine()).backend.calls('read')).toBe(0);
  });
};

await runFeature('verification.feature', verificationSteps);
