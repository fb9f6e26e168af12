import { expect } from 'vitest';
import type { SealedShard, SealProgress } from 'vram-residency';
import { expectMembers } from './steps/record-steps.js';
import { content, parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';

const sealingSteps: StepSet = (step) => {
  const progress: SealProgress[] = [];

  step(
    'the worker seals {string} as shard {string} with the digest algorithm {string}',
    async (world, description, shardId, digest) => {
      const worker = await world.worker();
      const options = { shardId, digest: digest as 'sha256-fsverity' };
      await world.attempt(() => worker.seal(content(description, shardId), options));
    },
  );

  step(
    'the worker seals {string} as shard {string}, part {int} of {int} of the model {string}',
    async (world, description, shardId, shardIndex, totalShards, modelRef) => {
      const worker = await world.worker();
      const options = { shardId, shardIndex, totalShards, modelRef };
      await world.attempt(() => worker.seal(content(description, shardId), options));
    },
  );

  step('the worker seals {string} without naming the shard', async (world, description) => {
    const worker = await world.worker();
    await world.attempt(() => worker.seal(content(description, 'unnamed')));
  });

  step(
    'the worker seals {string} as shard {string} and is told of progress',
    async (world, description, shardId) => {
      const worker = await world.worker();
      const onProgress = (step: SealProgress): void => {
        progress.push(step);
      };
      await world.attempt(() => worker.seal(content(description, shardId), { shardId, onProgress }));
    },
  );

  step(
    'the worker seals {string} as shard {string} and cancels after the first piece',
    async (world, description, shardId) => {
      const worker = await world.worker();
      const controller = new AbortController();
      const reason = Object.assign(new Error('the caller has thought better of it'), { code: 'CANCELLED' });
      const onProgress = (): void => controller.abort(reason);
      const options = { shardId, signal: controller.signal, onProgress };
      await world.attempt(() => worker.seal(content(description, shardId), options));
    },
  );

  step('its seal states {string} bytes with the digest {string}', (world, bytes, digest) => {
    const seal = (world.success() as SealedShard).toJSON();
    expect(seal).toMatchObject({ vram_bytes: Number(bytes), digest });
  });

  step('the record of the seal says the same', async (world) => {
    const { shard_id, vram_bytes, digest, digest_algorithm, gpu_uuid, gpu_device } = (
      world.success() as SealedShard
    ).toJSON();
    const records = (await world.newRecords()).filter(({ eventType }) => eventType === 'vram_sealed');
    expect(records.map(({ members }) => members)).toMatchObject([
      { shard_id, vram_bytes, digest, digest_algorithm, gpu_uuid, gpu_device },
    ]);
  });

  step('shards {string} and {string} have the same digest', async (world, first, second) => {
    const worker = await world.worker();
    expect(worker.shard(first).fields.digest).toBe(worker.shard(second).fields.digest);
  });

  step('shards {string} and {string} have different nonces and signatures', async (world, first, second) => {
    const worker = await world.worker();
    const [one, other] = [worker.shard(first).toJSON(), worker.shard(second).toJSON()];
    expect(one.nonce).not.toBe(other.nonce);
    expect(one.signature).not.toBe(other.signature);
  });

  step('its serialised seal has these members alone:', (world, rows) => {
    const seal = JSON.parse(JSON.stringify(world.success())) as Record<string, unknown>;
    expectMembers(seal, rows);
    expect(Object.keys(seal).sort()).toEqual(rows.map(({ member }) => member).sort());
  });

  step('the shard has a name of its own', (world) => {
    expect((world.success() as SealedShard).shardId).toMatch(/^shard-[0-9a-f]{16}$/);
  });

  step('progress never went back and ended with all {string} loaded', (_world, size) => {
    const loaded = progress.map(({ loadedBytes }) => loadedBytes);
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual({
      phase: 'digesting',
      loadedBytes: parseSize(size),
      totalBytes: parseSize(size),
    });
  });
};

await runFeature('sealing.feature', sealingSteps);
