import { simulatedBackend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SealedShard, VramManager } from 'vram-residency';
import { verifySeals } from './verify-seals.js';

let vram: VramManager;
let shards: SealedShard[];
beforeEach(async () => {
  vram = await VramManager.open({
    backend: simulatedBackend(),
    workerToken: 'token-of-the-worker-0123456789',
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
  });
  shards = [await vram.sealModel(Uint8Array.of(1)), await vram.sealModel(Uint8Array.of(2))];
});
afterEach(() => vram.close());

test('verifies every seal', async () => {
  await verifySeals(vram, shards, new AbortController().signal);
  expect(vram.metrics().verifications).toBe(2);
});

test('what is not verified yet when it is interrupted makes it fail', async () => {
  const ending = new AbortController();
  const interrupted = {
    verifySealed: async (shard: SealedShard) => {
      ending.abort(new Error('interrupted'));
      return vram.verifySealed(shard);
    },
  } as Pick<VramManager, 'verifySealed'>;
  await expect(verifySeals(interrupted, shards, ending.signal)).rejects.toThrow('interrupted');
  expect(vram.metrics().verifications).toBe(1);
});
