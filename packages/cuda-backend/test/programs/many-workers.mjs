// many-workers.mjs STAND_IN_CONTROL: worker threads that use a device at once, each ended at another moment of its life,
// the first ones before they have a device. Prints what the stand-in still holds when all are gone.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const AT_ONCE = 4;
const ROUNDS = 8;
const busy = new URL('./busy-worker.mjs', import.meta.url);

for (let round = 0; round < ROUNDS; round++) {
  const workers = Array.from({ length: AT_ONCE }, () => new Worker(busy));
  await Promise.all(
    workers.map(async (worker, i) => {
      const began = new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      // Odd ones are ended while they begin, at moments that move over the rounds.
      if (i % 2 === 0) await began;
      else began.catch(() => {});
      await sleep(i % 2 === 0 ? round * 7 : round * 20 + i * 3);
      await worker.terminate();
    }),
  );
}

const require = createRequire(import.meta.url);
const control = require(process.argv[2] ?? '').control(process.env['VRAM_RESIDENCY_CUDA_DRIVER']);
const held = ['handles', 'reservations', 'mappings', 'host', 'streams', 'events', 'modules', 'contexts'];
console.log(JSON.stringify(Object.fromEntries(held.map((kind) => [kind, control.held(kind)]))));
