import { expect } from 'vitest';
import { executionSteps } from './steps/execution-steps.js';
import { content } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

async function shardsInRecords(world: World, eventType: string): Promise<unknown[]> {
  const records = (await world.records()).filter((record) => record.eventType === eventType);
  return records.map(({ members }) => members['shard_id']);
}

const severalShardsSteps: StepSet = (step) => {
  step('sealed shards {string} of {string} each, parts of one model', async (world, list, size) => {
    const worker = await world.worker();
    const shardIds = list.split(', ');
    for (const [shardIndex, shardId] of shardIds.entries()) {
      const options = { shardId, shardIndex, totalShards: shardIds.length, modelRef: 'one-model' };
      await worker.seal(content(size, shardId), options);
    }
  });

  step('the worker verifies the shards {string} one after another', async (world, list) => {
    const worker = await world.worker();
    await world.attempt(async () => {
      const outcomes = new Map<string, unknown>();
      for (const shardId of list.split(', ')) {
        const verification = worker.manager.verifySealed(worker.shard(shardId));
        outcomes.set(shardId, await verification.catch((error: unknown) => error));
      }
      return outcomes;
    });
  });

  step('only shard {string} failed, with {string} because of {string}', (world, failed, code, reason) => {
    for (const [shardId, outcome] of world.success() as Map<string, unknown>) {
      const wanted = shardId === failed ? { code, reason, shardId } : { shardId, mode: 'full' };
      expect(outcome).toMatchObject(wanted);
    }
  });

  step('the log holds one {string} record, about shard {string}', async (world, eventType, shardId) => {
    expect(await shardsInRecords(world, eventType)).toEqual([shardId]);
  });

  step('the log holds {string} records about the shards {string}', async (world, eventType, list) => {
    expect(await shardsInRecords(world, eventType)).toEqual(list.split(', '));
  });

  step('the recovery fails with {string} because of {string}', (world, code, reason) => {
    expect(world.failure()).toMatchObject({ code, reason });
  });
};

await runFeature('several-shards.feature', executionSteps, severalShardsSteps);
