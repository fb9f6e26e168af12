// two-copies.mjs FIRST SECOND CONTROL: two copies of this package, each with an addon of its own, at once in one process: the
// second in a worker thread, which is ended while both work, and then in this thread too. Prints what came of it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const SIZE_BYTES = 2 ** 20;

/** @param {string} copy folder of a copy of the package */
async function openOn(copy) {
  const { cudaBackend } = await import(pathToFileURL(`${copy}/dist/index.js`).href);
  const device = await cudaBackend().open(0);
  const allocation = await device.allocate(SIZE_BYTES);
  await allocation.write(0, new Uint8Array(SIZE_BYTES).fill(5));
  return { device, digest: async () => Buffer.from(await allocation.digest('blake3')).toString('hex') };
}

async function main() {
  const [first = '', second = '', controlAddon = ''] = process.argv.slice(2);
  const here = await openOn(first);
  const worker = new Worker(new URL(import.meta.url), { workerData: second });
  const there = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const digests = new Set([there, await here.digest()]);
  const [atOnce] = await Promise.all([here.digest(), worker.terminate()]);
  digests.add(atOnce);
  // The first still works when the second has ended, and a second in the same thread beside it.
  digests.add(await here.digest());
  const beside = await openOn(second);
  for (const digest of await Promise.all([here.digest(), beside.digest()])) digests.add(digest);
  await beside.device.close();
  digests.add(await here.digest());
  await here.device.close();
  const { sharedObjects } = process.report.getReport();
  const loaded = sharedObjects.filter((/** @type {string} */ path) =>
    path.endsWith('vram_residency_cuda.node'),
  );
  const control = createRequire(import.meta.url)(controlAddon).control(
    process.env['VRAM_RESIDENCY_CUDA_DRIVER'],
  );
  console.log(
    JSON.stringify({ digests: digests.size, addons: loaded.length, held: control.held('contexts') }),
  );
}

if (isMainThread) {
  await main();
} else {
  const { digest } = await openOn(workerData);
  parentPort?.postMessage(await digest());
  for (;;) await digest();
}
