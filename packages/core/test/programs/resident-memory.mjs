// @ts-check
// Seals a file of 256 MiB and prints by how much the process grew beyond the simulated VRAM, at its largest.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedBackend } from '@vram-residency/device';
import { VramManager, vramOnly } from 'vram-residency';

const MIB = 2 ** 20;
const sizeMib = 256;
const scratch = mkdtempSync(join(tmpdir(), 'resident-memory-'));
const path = join(scratch, 'model.bin');
const file = openSync(path, 'w');
for (let i = 0; i < sizeMib; i++) writeSync(file, new Uint8Array(MIB).fill(i), 0, MIB, i * MIB);
closeSync(file);

const manager = await VramManager.open({
  backend: simulatedBackend(),
  workerToken: 'token-of-the-worker-0123456789',
  workerId: 'gpu-0',
  policy: vramOnly({ allowSimulated: true }),
});
// What is loaded and compiled once is no cost of a large file.
await manager.release(await manager.sealModel(new Uint8Array(4 * MIB), { digest: 'sha256-fsverity' }));
const before = process.memoryUsage().rss;
let largest = before;
const sampling = setInterval(() => {
  largest = Math.max(largest, process.memoryUsage().rss);
}, 2);
await manager.sealModel(path, { digest: 'sha256-fsverity' });
largest = Math.max(largest, process.memoryUsage().rss);
clearInterval(sampling);
await manager.close();
rmSync(scratch, { recursive: true });
console.log(JSON.stringify({ vramBytes: sizeMib * MIB, grownBytes: largest - before }));
