import { expect } from 'vitest';
import type { ShardView } from '../../src/index.js';
import type { StepSet } from '../support/define-step.js';
import type { World } from '../support/world.js';

/** The views that each execution of a scenario was given, in the order in which executions began. */
const executed = new WeakMap<World, (readonly ShardView[])[]>();

/** What the executions of a scenario were given. */
export function executionsOf(world: World): (readonly ShardView[])[] {
  const executions = executed.get(world) ?? [];
  executed.set(world, executions);
  return executions;
}

/** Executing over sealed shards. */
export const executionSteps: StepSet = (step) => {
  step('the worker executes over the shards {string}', async (world, list) => {
    const worker = await world.worker();
    const shards = list.split(', ').map((shardId) => worker.shard(shardId));
    await world.attempt(() =>
      worker.manager.execute(shards, (views) => {
        executionsOf(world).push(views);
        return views.map(({ sizeBytes }) => sizeBytes);
      }),
    );
  });

  step('it was executed', (world) => {
    world.success();
    expect(executionsOf(world)).toHaveLength(1);
  });

  step('nothing was executed', (world) => {
    expect(executionsOf(world)).toEqual([]);
  });
};
