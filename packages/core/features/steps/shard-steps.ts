import { expect } from 'vitest';
import { SealedShard } from 'vram-residency';
import { content, parseSize } from '../support/content.js';
import type { StepSet } from '../support/define-step.js';
import type { World } from '../support/world.js';

/** Seals content that a text describes; what looks random is watched for. */
export async function sealDescribed(
  world: World,
  description: string,
  shardId: string,
): Promise<SealedShard> {
  world.contents.add(shardId);
  return (await world.worker()).seal(content(description, shardId), { shardId });
}

/** Sealing, verifying, damaging and releasing shards. */
export const shardSteps: StepSet = (step) => {
  step('a sealed shard {string} of {string}', (world, shardId, description) =>
    sealDescribed(world, description, shardId),
  );

  step('sealed shards {string} of {string} each', async (world, list, description) => {
    for (const shardId of list.split(', ')) await sealDescribed(world, description, shardId);
  });

  step('the worker seals {string} as shard {string}', (world, description, shardId) =>
    world.attempt(() => sealDescribed(world, description, shardId)),
  );

  step('shard {string} is sealed', async (world, shardId) => {
    const shard = world.success();
    expect(shard).toBeInstanceOf(SealedShard);
    expect(shard).toMatchObject({ shardId });
    const { manager } = await world.worker();
    expect(manager.list().map((resident) => resident.shardId)).toContain(shardId);
  });

  step('the worker verifies shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(() => worker.manager.verifySealed(worker.shard(shardId)));
  });

  step('all {string} of shard {string} are found unchanged', (world, size, shardId) => {
    expect(world.success()).toEqual({ shardId, mode: 'full', bytesVerified: parseSize(size) });
  });

  step('every resident shard verifies', async (world) => {
    const { manager } = await world.worker();
    for (const shard of manager.list()) {
      const { vramBytes: bytesVerified, shardId } = shard.fields;
      expect(await manager.verifySealed(shard)).toEqual({ shardId, mode: 'full', bytesVerified });
    }
  });

  step('a bit flips in byte {string} of shard {string}', async (world, offset, shardId) => {
    const memory = (await world.worker()).memoryOf(shardId);
    (await world.machine()).flipBit(memory, Number(offset), 3);
  });

  step('the worker releases shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(async () => worker.manager.release(worker.shard(shardId)));
  });

  step('the release frees {string}', (world, size) => {
    expect(world.success()).toEqual({ freedBytes: parseSize(size), zeroed: true });
  });

  step('the worker recovers because {string}', async (world, reason) => {
    const { manager } = await world.worker();
    await world.attempt(() => manager.recover({ reason }));
  });

  step('the resident shards are {string}', async (world, shardIds) => {
    const { manager } = await world.worker();
    expect(manager.list().map(({ shardId }) => shardId)).toEqual(shardIds === '' ? [] : shardIds.split(', '));
  });
};
