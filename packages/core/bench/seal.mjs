// @ts-check
// `node packages/core/bench/seal.mjs [--small]`: sealing a file in the page cache, against reading and hashing it alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDigest } from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { makeFile, openManager, readAlone } from './support/manager.mjs';

const ROUNDS = 5;

await benchmark(
  'Sealing a file in the page cache on the simulated device, one thread',
  async ({ small, scratch }) => {
    const sizeMib = small ? 2 : 256;
    const path = join(scratch, 'model.bin');
    makeFile(path, sizeMib);
    const bytes = readFileSync(path);
    const engines = defaultEngines();
    const manager = await openManager();
    const rows = [];
    for (const algorithm of /** @type {const} */ (['blake3', 'sha256-fsverity'])) {
      const expected = formatDigest({ algorithm, digest: engines.digest(algorithm, bytes) });
      const seal = (/** @type {import('vram-residency').SealOptions} */ options) =>
        manager.sealModel(path, { digest: algorithm, ...options });
      const release = () => Promise.all(manager.list().map((shard) => manager.release(shard)));
      const seconds = await fastest(small ? 1 : ROUNDS, {
        reading: () => readAlone(path),
        hashing: () => engines.digest(algorithm, bytes),
        plain: () => seal({}),
        releasing: release,
        expected: () => seal({ expected }),
        releasingAgain: release,
      });
      const rate = (/** @type {number} */ time) => bytes.length / time / 1e9;
      const common = { unit: 'GB/s', against: 'hashing alone', baseline: rate(seconds.hashing) };
      rows.push(
        {
          what: `${algorithm}, no digest expected: hashed while loading and in place`,
          measured: rate(seconds.plain),
          ...common,
        },
        {
          what: `${algorithm}, its digest expected: hashed in place alone`,
          measured: rate(seconds.expected),
          ...common,
        },
        {
          what: `${algorithm}, its digest expected`,
          measured: rate(seconds.expected),
          unit: 'GB/s',
          against: 'reading alone',
          baseline: rate(seconds.reading),
        },
      );
    }
    await manager.close();
    return [...rows, { what: 'sealing on a GPU', notRun: 'no GPU was there' }];
  },
);
