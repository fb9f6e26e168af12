// exit-under-way.mjs exit|throw|return|forget: ends a process, in that way, that has requests on a device under way. With
// `forget` it ends when a device that nobody closed was given back after JavaScript forgot it.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { cudaBackend } from '@vram-residency/cuda-backend';

const SIZE_BYTES = 4 * 2 ** 20;
const [how, controlAddon = ''] = process.argv.slice(2);

async function begin() {
  const device = await cudaBackend().open(0);
  const allocation = await device.allocate(SIZE_BYTES);
  await allocation.write(0, new Uint8Array(SIZE_BYTES));
  return Array.from({ length: 16 }, () => allocation.digest('blake3'));
}

const underWay = await begin();
if (how === 'exit') process.exit(3);
if (how === 'throw') throw new Error('on purpose');
if (how === 'forget') {
  await Promise.all(underWay);
  underWay.length = 0;
  const control = createRequire(import.meta.url)(controlAddon).control(
    process.env['VRAM_RESIDENCY_CUDA_DRIVER'],
  );
  for (let i = 0; i < 100 && control.held('contexts') > 0; i++) {
    global.gc?.();
    await sleep(20);
  }
  console.log(`contexts ${control.held('contexts')}`);
}
