// A worker thread that opens a device and is never through with its work.
import { parentPort } from 'node:worker_threads';
import { cudaBackend } from '@vram-residency/cuda-backend';

const SIZE_BYTES = 4 * 2 ** 20;

const device = await cudaBackend().open(0);
const allocation = await device.allocate(SIZE_BYTES);
await allocation.write(0, new Uint8Array(SIZE_BYTES));
parentPort?.postMessage('busy');
for (;;) await Promise.all(Array.from({ length: 8 }, () => allocation.digest('blake3')));
