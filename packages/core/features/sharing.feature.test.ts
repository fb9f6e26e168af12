import { closeSync } from 'node:fs';
import { expect } from 'vitest';
import type { SealedShard } from 'vram-residency';
import { expectRecords } from './steps/record-steps.js';
import { content, parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

const OTHER = 'gpu-0-reader';

async function sealForOthers(world: World, description: string, shardId: string): Promise<SealedShard> {
  world.contents.add(shardId);
  const worker = await world.worker();
  return worker.seal(content(description, shardId), { shardId, exportable: true });
}

/** Hands a shard's memory to another worker as a process would: by a descriptor that is closed afterwards. */
async function adopt(world: World, shardId: string, expected?: string): Promise<SealedShard> {
  const owner = await world.worker();
  const shared = await owner.manager.export(owner.shard(shardId));
  try {
    const { manager } = await world.worker(OTHER);
    return await manager.adopt(shared, { shardId, ...(expected === undefined ? {} : { expected }) });
  } finally {
    closeSync(shared.fd);
  }
}

async function adopted(world: World): Promise<SealedShard> {
  const [shard] = (await world.worker(OTHER)).manager.list();
  if (shard === undefined) throw new Error('The other worker adopted nothing');
  return shard;
}

const sharingSteps: StepSet = (step) => {
  step('the worker seals {string} as shard {string} for other processes', (world, size, shardId) =>
    world.attempt(() => sealForOthers(world, size, shardId)),
  );

  step('a sealed shard {string} of {string} for other processes', (world, shardId, size) =>
    sealForOthers(world, size, shardId),
  );

  step('another worker adopts shard {string}', (world, shardId) =>
    world.attempt(() => adopt(world, shardId)),
  );

  step('another worker that adopted shard {string}', async (world, shardId) => {
    await adopt(world, shardId);
  });

  step('another worker adopts shard {string} and expects other content', (world, shardId) =>
    world.attempt(() => adopt(world, shardId, '0'.repeat(64))),
  );

  step('the worker exports shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(() => worker.manager.export(worker.shard(shardId)));
  });

  step("the other worker's seal has the digest of shard {string}", async (world, shardId) => {
    const { digest, vramBytes } = (await world.worker()).shard(shardId).fields;
    expect((world.success() as SealedShard).fields).toMatchObject({ digest, vramBytes, workerId: OTHER });
  });

  step('the other worker holds {string} of its own', async (world, size) => {
    expect((await world.worker(OTHER)).manager.metrics().usedBytes).toBe(parseSize(size));
  });

  step('the other worker verifies what it adopted', async (world) => {
    const { manager } = await world.worker(OTHER);
    const shard = await adopted(world);
    await world.attempt(() => manager.verifySealed(shard));
  });

  step('the other worker verifies and then releases what it adopted', async (world) => {
    const { manager } = await world.worker(OTHER);
    const shard = await adopted(world);
    await manager.verifySealed(shard);
    await manager.release(shard);
  });

  step("the other worker's log tells, in this order:", async (world, rows) => {
    expectRecords(await world.records(OTHER), rows);
  });

  step('the other worker is {string}', async (world, state) => {
    expect((await world.worker(OTHER)).manager.state).toBe(state);
  });

  step('the verification fails with {string} because of {string}', (world, code, reason) => {
    expect(world.failure()).toMatchObject({ code, reason });
  });
};

await runFeature('sharing.feature', sharingSteps);
