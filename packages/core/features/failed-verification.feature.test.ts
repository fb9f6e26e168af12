import { parseSeal, SealKey, type SerializedSeal, serializeSeal } from '@vram-residency/seal-crypto';
import { expect } from 'vitest';
import { sealDescribed } from './steps/shard-steps.js';
import { content } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { runFeature } from './support/run-feature.js';
import type { World } from './support/world.js';

const SHARD = 'model';
const SIZE = '1 MiB';

/** Presents something as a seal, as it would come from a file or over the network. */
async function present(world: World, seal: unknown): Promise<void> {
  const { manager } = await world.worker();
  await world.attempt(() => manager.verifySealed(JSON.parse(JSON.stringify(seal)) as SerializedSeal));
}

async function storedSeal(world: World, shardId: string): Promise<SerializedSeal> {
  return (await world.worker()).shard(shardId).toJSON();
}

const failureSteps: StepSet = (step) => {
  const kept = new WeakMap<World, SerializedSeal>();

  step(
    'another worker {string} that has sealed the same content as shard {string}',
    async (world, id, shardId) => {
      await (await world.worker(id)).seal(content(SIZE, shardId), { shardId });
    },
  );

  step(
    'the worker keeps the seal of shard {string}, restarts and seals the same content again',
    async (world, shardId) => {
      kept.set(world, await storedSeal(world, shardId));
      await world.restart();
      await sealDescribed(world, SIZE, shardId);
    },
  );

  step('shard {string} was released', async (world, shardId) => {
    const worker = await world.worker();
    await worker.manager.release(worker.shard(shardId));
  });

  step(
    'a seal of shard {string} is presented in which {string} was changed to {string}',
    async (world, shardId, member, value) => {
      const seal = await storedSeal(world, shardId);
      const isNumber = typeof (seal as unknown as Record<string, unknown>)[member] === 'number';
      await present(world, { ...seal, [member]: isNumber ? Number(value) : value });
    },
  );

  step('a seal of shard {string} is presented without its signature', async (world, shardId) => {
    const { signature: _signature, ...unsigned } = await storedSeal(world, shardId);
    await present(world, unsigned);
  });

  step('a seal of shard {string} is presented that was signed with another token', async (world, shardId) => {
    const { fields } = parseSeal(await storedSeal(world, shardId));
    const key = SealKey.derive('credential of somebody else', fields.workerId);
    await present(world, serializeSeal({ fields, signature: key.sign(fields) }));
    key.destroy();
  });

  step('a seal is presented for a shard {string} that was never sealed here', async (world, shardId) => {
    const { fields } = parseSeal(await storedSeal(world, SHARD));
    const { id, token } = await world.worker();
    const key = SealKey.derive(token, id);
    const foreign = { ...fields, shardId, nonce: '0123456789abcdef0123456789abcdef' };
    await present(world, serializeSeal({ fields: foreign, signature: key.sign(foreign) }));
    key.destroy();
  });

  step('the seal of shard {string} by the worker {string} is presented', async (world, shardId, id) => {
    await present(world, (await world.worker(id)).shard(shardId));
  });

  step('the seal that was kept is presented', (world) => present(world, kept.get(world)));

  step('the worker verifies the stored seal of shard {string}', async (world, shardId) =>
    present(world, await storedSeal(world, shardId)),
  );

  step('{string} is presented as a seal', async (world, presented) => {
    const ofVersion2 = { ...(await storedSeal(world, SHARD)), format: 'vram-residency/seal/v2' };
    await present(world, presented.startsWith('a seal') ? ofVersion2 : JSON.parse(presented));
  });

  step(
    'the record names the sealed digest of shard {string}, and another one that was found',
    async (world, shardId) => {
      const { digest, digestAlgorithm } = (await world.worker()).shard(shardId).fields;
      const sealed = `${digestAlgorithm}:${digest}`;
      const [record] = await world.newRecords();
      expect(record?.members).toMatchObject({ expected_digest: sealed });
      expect(record?.members['actual_digest']).not.toBe(sealed);
    },
  );

  step('the failure is recorded with the reason {string} and stops the worker', async (world, reason) => {
    const worker = await world.worker();
    const records = await world.newRecords();
    expect(
      records.map(({ eventType, severity, members }) => ({ eventType, severity, members })),
    ).toMatchObject([
      {
        eventType: 'seal_verification_failed',
        severity: 'CRITICAL',
        members: { reason, expected_digest: null, actual_digest: null, action_taken: 'worker_stopped' },
      },
    ]);
    expect(worker.manager.state).toBe('stopped');
    expect(worker.notices).toMatchObject([
      { name: 'stopped', payload: { reason } },
      { name: 'verificationFailed', payload: { reason } },
    ]);
  });

  step(
    'the worker {string} is {string} and its shard {string} verifies',
    async (world, id, state, shardId) => {
      const worker = await world.worker(id);
      expect(worker.manager.state).toBe(state);
      expect(await worker.manager.verifySealed(worker.shard(shardId))).toMatchObject({
        shardId,
        mode: 'full',
      });
    },
  );
};

await runFeature('failed-verification.feature', failureSteps);
