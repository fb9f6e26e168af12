// @ts-check
// `node bench/gpu/seal.mjs [--small]`: sealing a file in the page cache on a GPU, against the slowest of what it consists of.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDigest } from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { makeFile, readAlone } from '../../packages/core/bench/support/manager.mjs';
import { benchmark, fastest } from '../../scripts/lib/benchmark.mjs';
import { openWorker } from '../../test/gpu/worker.mjs';
import { deviceOf, measureDevice } from './measure-device.mjs';
import { GPU_ROWS } from './rows.mjs';

const ROUNDS = 5;
/** A file is read into one buffer for its digest, which Node allows up to 2 GiB. */
const SIZE_MIB = 1536;

await benchmark('Sealing a file in the page cache on a GPU', async ({ small, scratch }) => {
  const measured = measureDevice(small);
  const path = join(scratch, 'model.bin');
  makeFile(path, small ? 8 : SIZE_MIB);
  const bytes = readFileSync(path);
  const engines = defaultEngines();
  const expected = formatDigest({ algorithm: 'blake3', digest: engines.digest('blake3', bytes) });
  const manager = await openWorker();
  const release = () => Promise.all(manager.list().map((shard) => manager.release(shard)));
  const seconds = await fastest(small ? 1 : ROUNDS, {
    reading: () => readAlone(path),
    hashing: () => engines.digest('blake3', bytes),
    expected: () => manager.sealModel(path, { expected }),
    releasing: release,
    plain: () => manager.sealModel(path),
    releasingAgain: release,
  });
  await manager.close();
  const rate = (/** @type {number} */ time) => bytes.length / time / 1e9;
  const parts = {
    'pinned copy': measured.pieceBytes / measured.copyToDevice / 1e9,
    'reading the page cache': rate(seconds.reading),
    'digest in place': measured.bytes / measured.blake3.seconds / 1e9,
  };
  const row = (
    /** @type {'sealExpected' | 'sealPlain'} */ name,
    /** @type {number} */ time,
    /** @type {Readonly<Record<string, number>>} */ partsOfIt,
  ) => {
    const [slowest = '', baseline = 0] = Object.entries(partsOfIt).sort(([, a], [, b]) => a - b)[0] ?? [];
    return {
      what: GPU_ROWS[name].what,
      measured: rate(time),
      unit: 'GB/s',
      against: slowest,
      baseline,
      target: { text: GPU_ROWS[name].reach, reached: rate(time) >= 0.9 * baseline },
    };
  };
  return {
    device: deviceOf(measured),
    rows: [
      row('sealExpected', seconds.expected, parts),
      row('sealPlain', seconds.plain, { ...parts, 'hashing on the host': rate(seconds.hashing) }),
    ],
  };
});
