import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ShardView } from 'vram-residency';
import type { StepSet } from '../support/define-step.js';
import type { World } from '../support/world.js';

/** The views that each execution of a scenario was given, in the order in which executions began. */
const executed = new WeakMap<World, (readonly ShardView[])[]>();
/** What ends the execution of a scenario that is under way. */
const endings = new WeakMap<World, () => Promise<void>>();

/** What the executions of a scenario were given. */
export function executionsOf(world: World): (readonly ShardView[])[] {
  const executions = executed.get(world) ?? [];
  executed.set(world, executions);
  return executions;
}

/** Begins an execution that goes on until it is told to end. */
async function beginExecution(world: World, shardId: string): Promise<void> {
  const worker = await world.worker();
  let end: () => void = () => undefined;
  let execution: Promise<void> | undefined;
  await new Promise<void>((began, failed) => {
    execution = worker.manager.execute([worker.shard(shardId)], (views) => {
      executionsOf(world).push(views);
      began();
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    execution.catch(failed);
  });
  world.atEnd(end);
  endings.set(world, async () => {
    end();
    await execution;
  });
}

/** Executing over sealed shards, and what goes on meanwhile. */
export const executionSteps: StepSet = (step) => {
  step('the worker executes over the shards {string}', async (world, list) => {
    const worker = await world.worker();
    const shards = list.split(', ').map((shardId) => worker.shard(shardId));
    await world.attempt(() =>
      worker.manager.execute(shards, (views) => {
        executionsOf(world).push(views);
        return views.map(({ shardId, sizeBytes }) => ({ shardId, sizeBytes }));
      }),
    );
  });

  step('an execution over {string} is under way', beginExecution);

  step('the execution ends', async (world) => {
    await endings.get(world)?.();
  });

  step('the worker is asked to release shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    await world.begin(() => worker.manager.release(worker.shard(shardId)));
  });

  step('shard {string} is not released yet', async (world, shardId) => {
    await delay(20);
    expect(world.isUnderWay).toBe(true);
    const { manager } = await world.worker();
    expect(manager.list().map((shard) => shard.shardId)).toContain(shardId);
  });

  step('shard {string} is released', async (world, shardId) => {
    await world.settle();
    expect(world.success()).toMatchObject({ zeroed: true });
    const { manager } = await world.worker();
    expect(manager.list().map((shard) => shard.shardId)).not.toContain(shardId);
  });

  step('it was executed', (world) => {
    world.success();
    expect(executionsOf(world)).toHaveLength(1);
  });

  step('nothing was executed', (world) => {
    expect(executionsOf(world)).toEqual([]);
  });
};
