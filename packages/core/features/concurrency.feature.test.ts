import { expect } from 'vitest';
import type { FullVerification, SealedShard } from 'vram-residency';
import { content, parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

type Settled = PromiseSettledResult<unknown>[];

/** Takes many actions at once; the outcome is what became of each. */
async function attemptAll(world: World, actions: readonly (() => Promise<unknown>)[]): Promise<void> {
  await world.attempt(() => Promise.allSettled(actions.map((action) => action())));
}

const fulfilled = (world: World): unknown[] =>
  (world.success() as Settled).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

const rejected = (world: World): unknown[] =>
  (world.success() as Settled).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function countRecords(world: World, eventType: string, reason?: string): Promise<number> {
  const records = (await world.records()).filter((record) => record.eventType === eventType);
  return records.filter(({ members }) => reason === undefined || members['reason'] === reason).length;
}

const concurrencySteps: StepSet = (step) => {
  step('the worker seals {int} shards of {string} at once', async (world, count, size) => {
    const worker = await world.worker();
    const seal = (shardId: string) => () => worker.seal(content(size, shardId), { shardId });
    await attemptAll(
      world,
      range(count).map((i) => seal(`shard-${i}`)),
    );
  });

  step('the worker seals {int} shards of {string} under one name at once', async (world, count, size) => {
    const worker = await world.worker();
    const seal = (i: number) => () => worker.seal(content(size, `content-${i}`), { shardId: 'model' });
    await attemptAll(world, range(count).map(seal));
  });

  step('the worker verifies shard {string} {int} times at once', async (world, shardId, times) => {
    const worker = await world.worker();
    const verify = (): Promise<FullVerification> => worker.manager.verifySealed(worker.shard(shardId));
    await attemptAll(
      world,
      range(times).map(() => verify),
    );
  });

  step(
    'the worker seals {string} and {string}, verifies {string}, executes over {string} and releases {string}, all at once, {int} times over',
    async (world, first, second, verified, executed, released, rounds) => {
      const worker = await world.worker();
      const { manager } = worker;
      const seal = (shardId: string) => worker.seal(content('1 MiB', shardId), { shardId });
      await world.attempt(async () => {
        let gone = [worker.shard(released)];
        const results: Settled = [];
        for (const round of range(rounds).map((i) => i + 1)) {
          const work = [
            ...[first, second].map((name) => seal(`${name}${round}`)),
            manager.verifySealed(worker.shard(verified)),
            manager.execute([worker.shard(executed)], ([view]) => view?.sizeBytes),
            ...gone.map((shard) => manager.release(shard)),
          ];
          results.push(...(await Promise.allSettled(work)));
          gone = [worker.shard(`${first}${round}`), worker.shard(`${second}${round}`)];
        }
        return results;
      });
    },
  );

  step('none of it failed', (world) => {
    expect(rejected(world)).toEqual([]);
    expect(fulfilled(world).length).toBeGreaterThan(0);
  });

  step('all {int} are sealed, with {int} different digests', (world, count, digests) => {
    const shards = fulfilled(world) as SealedShard[];
    expect(shards).toHaveLength(count);
    expect(new Set(shards.map(({ fields }) => fields.digest)).size).toBe(digests);
  });

  step('all {int} verifications found all {string} unchanged', (world, count, size) => {
    const verifications = fulfilled(world);
    expect(verifications).toHaveLength(count);
    for (const verification of verifications) {
      expect(verification).toMatchObject({ mode: 'full', bytesVerified: parseSize(size) });
    }
  });

  step('all {int} verifications failed with {string} because of {string}', (world, count, code, reason) => {
    const errors = rejected(world);
    expect(errors).toHaveLength(count);
    for (const error of errors) expect(error).toMatchObject({ code, reason });
  });

  step('{int} are sealed, and {int} failed with {string}', (world, sealed, failed, code) => {
    expect(fulfilled(world)).toHaveLength(sealed);
    expect(rejected(world)).toMatchObject(range(failed).map(() => ({ code })));
  });

  step('{int} is sealed, and {int} failed with {string}', (world, sealed, failed, code) => {
    expect(fulfilled(world)).toHaveLength(sealed);
    expect(rejected(world)).toMatchObject(range(failed).map(() => ({ code })));
  });

  step('the GPU has digested shard {string} once since it was sealed', async (world, _shardId) => {
    // Sealing digests the bytes once.
    expect((await world.machine()).backend.calls('digest')).toBe(2);
  });

  step('the log accounts for {int} seals and {int} releases', async (world, seals, releases) => {
    expect(await countRecords(world, 'vram_sealed')).toBe(seals);
    expect(await countRecords(world, 'vram_deallocated', 'released')).toBe(releases);
  });

  step('the log accounts for {int} seals and {int} refused allocations', async (world, seals, refused) => {
    expect(await countRecords(world, 'vram_sealed')).toBe(seals);
    expect(await countRecords(world, 'vram_allocation_failed')).toBe(refused);
  });

  step('the resident shards, in whatever order they were sealed, are {string}', async (world, shardIds) => {
    const { manager } = await world.worker();
    const found = manager.list().map(({ shardId }) => shardId);
    expect(found.toSorted()).toEqual(shardIds.split(', ').toSorted());
  });
};

await runFeature('concurrency.feature', concurrencySteps);
