// @ts-check
// `node packages/core/bench/verify.mjs [--small]`: verifying in place, against hashing the same bytes alone.
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { openManager } from './support/manager.mjs';

const ROUNDS = 5;

await benchmark('Verifying in place on the simulated device, one thread', async ({ small }) => {
  const bytes = new Uint8Array((small ? 2 : 256) * 2 ** 20);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2_654_435_761) >>> 24;
  const engines = defaultEngines();
  const manager = await openManager();
  const rows = [];
  for (const algorithm of /** @type {const} */ (['blake3', 'sha256-fsverity'])) {
    const shard = await manager.sealModel(bytes, { digest: algorithm });
    const seconds = await fastest(small ? 1 : ROUNDS, {
      verifying: () => manager.verifySealed(shard),
      hashing: () => engines.digest(algorithm, bytes),
    });
    const rate = (/** @type {number} */ time) => bytes.length / time / 1e9;
    rows.push({
      what: `${algorithm}, signature and every byte`,
      measured: rate(seconds.verifying),
      unit: 'GB/s',
      against: 'hashing alone',
      baseline: rate(seconds.hashing),
    });
    await manager.release(shard);
  }
  await manager.close();
  const noGpu = 'no GPU was there';
  return [
    ...rows,
    { what: 'digest in place on a GPU, blake3 and sha256-fsverity', notRun: noGpu },
    { what: 'background verification beside an inference loop', notRun: noGpu },
  ];
});
