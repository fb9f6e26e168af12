import { expect } from 'vitest';
import type { ExecuteOptions, ShardView } from 'vram-residency';
import { executionSteps, executionsOf } from './steps/execution-steps.js';
import { parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

/** What calls were refused with that were made beside the scenario's action. */
const refusals = new WeakMap<World, unknown>();

/** Executes over one shard and remembers what the function was given. */
async function execute(world: World, shardId: string, options: ExecuteOptions): Promise<void> {
  const worker = await world.worker();
  await world.attempt(() =>
    worker.manager.execute([worker.shard(shardId)], (views) => executionsOf(world).push(views), options),
  );
}

const ownSteps: StepSet = (step) => {
  step('the worker has just verified shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    await worker.manager.verifySealed(worker.shard(shardId));
  });

  step(
    'the worker executes over {string} for the trace {string} and the job {string}',
    (world, shardId, traceId, jobId) => execute(world, shardId, { traceId, jobId }),
  );

  step(
    'the worker executes over {string} with a verification of at most {int} ms ago',
    (world, shardId, maxAgeMs) => execute(world, shardId, { verify: { maxAgeMs } }),
  );

  step('the worker executes over {string}, checking its signature alone', (world, shardId) =>
    execute(world, shardId, { verify: 'signature' }),
  );

  step('the worker executes over {string} with the verification {string}', (world, shardId, verify) =>
    execute(world, shardId, { verify: JSON.parse(verify.replaceAll("'", '"')) as 'full' }),
  );

  step('the worker executes {int} times at once over {string}', async (world, times, shardId) => {
    const worker = await world.worker();
    const start = (): Promise<unknown> =>
      worker.manager.execute([worker.shard(shardId)], (views) => executionsOf(world).push(views));
    await world.attempt(() => Promise.all(Array.from({ length: times }, start)));
  });

  step('the worker executes a function over {string} that throws', async (world, shardId) => {
    const worker = await world.worker();
    const failure = Object.assign(new Error('the kernel was not launched'), { code: 'INFERENCE_FAILED' });
    await world.attempt(() =>
      worker.manager.execute([worker.shard(shardId)], () => {
        throw failure;
      }),
    );
  });

  step(
    'the worker executes a function over {string} that releases shard {string}',
    async (world, shardId, released) => {
      const worker = await world.worker();
      const { manager } = worker;
      await world.attempt(() =>
        manager.execute([worker.shard(shardId)], () => manager.release(worker.shard(released))),
      );
    },
  );

  step('the worker executes a function over {string} that closes the worker', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(() => worker.manager.execute([worker.shard(shardId)], () => worker.manager.close()));
  });

  step('somebody else executes over the shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    const execution = worker.manager.execute([worker.shard(shardId)], () => undefined);
    refusals.set(world, await execution.catch((error: unknown) => error));
  });

  step('that is refused with {string}', (world, code) => {
    expect(refusals.get(world)).toMatchObject({ code });
  });

  step('it was given the shards {string} of {string} each', (world, list, size) => {
    const wanted = list.split(', ').map((shardId) => ({ shardId, sizeBytes: parseSize(size) }));
    expect(world.success()).toEqual(wanted);
  });

  step('what it was given has expired', (world) => {
    const views = executionsOf(world).flat();
    expect(views).toHaveLength(2);
    for (const view of views) {
      for (const member of ['shardId', 'sizeBytes', 'external'] as const satisfies (keyof ShardView)[]) {
        expect(() => view[member]).toThrow(expect.objectContaining({ code: 'VIEW_EXPIRED' }));
      }
    }
  });

  step('it was executed {int} times', (world, times) => {
    world.success();
    expect(executionsOf(world)).toHaveLength(times);
  });

  step('the number of digests computed in GPU memory since sealing is {int}', async (world, times) => {
    // Sealing digests each of the two shards once.
    expect((await world.machine()).backend.calls('digest')).toBe(2 + times);
  });
};

await runFeature('execution.feature', executionSteps, ownSteps);
