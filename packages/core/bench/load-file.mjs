// @ts-check
// `node packages/core/bench/load-file.mjs [--small]`: sealing a file in the page cache on a CUDA device, against reading, hashing on
// the host and copying to the device, each alone. Where there is no GPU the stand-in for the driver takes its place, and every
// row that needs a device says that it is simulated.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cudaBackend, nativeEngine } from '@vram-residency/cuda-backend';
import { formatDigest } from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { VramManager, vramOnly } from 'vram-residency';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { makeFile, readAlone } from './support/manager.mjs';

const ROUNDS = 5;
const STAND_IN = fileURLToPath(new URL('../../cuda-backend/build/Release/vram-stand-in.so', import.meta.url));

/** A backend that has a device, if there is one: a GPU, else the stand-in. */
async function findBackend() {
  const gpu = cudaBackend();
  if ((await gpu.probe()).status === 'available') return gpu;
  if (!existsSync(STAND_IN)) return undefined;
  process.env['VRAM_RESIDENCY_CUDA_DRIVER'] = STAND_IN;
  return cudaBackend();
}

await benchmark(
  'Sealing a file in the page cache on a CUDA device: read, hashed and copied at the same time',
  async ({ small, scratch }) => {
    const path = join(scratch, 'model.bin');
    makeFile(path, small ? 2 : 1024);
    const bytes = readFileSync(path);
    const engines = defaultEngines(nativeEngine);
    const backend = await findBackend();
    const alone = {
      reading: () => readAlone(path),
      hashing: () => engines.digest('blake3', bytes),
    };
    const rate = (/** @type {number} */ seconds) => bytes.length / seconds / 1e9;
    if (backend === undefined) {
      const seconds = await fastest(small ? 1 : ROUNDS, alone);
      return [
        { what: 'reading alone', measured: rate(seconds.reading), unit: 'GB/s' },
        { what: 'hashing on the host alone, blake3', measured: rate(seconds.hashing), unit: 'GB/s' },
        { what: 'sealing', notRun: 'there is no GPU, and the stand-in for its driver is not built' },
      ];
    }
    const device = await backend.open(0);
    const simulated = device.facts.simulated ? ' (simulated)' : '';
    const copied = await device.allocate(bytes.length);
    const manager = await VramManager.open({
      backend,
      workerToken: 'a token of 16 bytes or more',
      workerId: 'gpu-0',
      policy: vramOnly({ allowSimulated: true }),
    });
    const expected = formatDigest({ algorithm: 'blake3', digest: engines.digest('blake3', bytes) });
    const release = () => Promise.all(manager.list().map((shard) => manager.release(shard)));
    const seconds = await fastest(small ? 1 : ROUNDS, {
      ...alone,
      copying: async () => {
        await copied.write(0, bytes);
        // A small range: the digest waits for the copies that are still under way.
        await copied.digest('blake3', { offset: 0, length: 1 });
      },
      digesting: () => copied.digest('blake3'),
      plain: () => manager.sealModel(path),
      releasing: release,
      expected: () => manager.sealModel(path, { expected }),
      releasingAgain: release,
    });
    await manager.close();
    await device.close();
    const { reading, hashing, copying, digesting } = seconds;
    return [
      {
        what: `no digest expected: hashed on the host meanwhile${simulated}`,
        measured: rate(seconds.plain),
        unit: 'GB/s',
        against: `the slowest of reading, hashing and copying alone${simulated}`,
        baseline: rate(Math.max(reading, hashing, copying)),
      },
      {
        what: `its digest expected: hashed in place alone${simulated}`,
        measured: rate(seconds.expected),
        unit: 'GB/s',
        against: `the slower of reading and copying alone${simulated}`,
        baseline: rate(Math.max(reading, copying)),
      },
      { what: 'reading alone', measured: rate(reading), unit: 'GB/s' },
      { what: 'hashing on the host alone, blake3', measured: rate(hashing), unit: 'GB/s' },
      { what: `copying to the device alone${simulated}`, measured: rate(copying), unit: 'GB/s' },
      { what: `digesting in place alone${simulated}`, measured: rate(digesting), unit: 'GB/s' },
    ];
  },
);
