// @ts-check
// Seals a file of 4 GiB over the driver that the environment names, and prints by how much host memory grew at its largest. The
// file is sparse: its bytes are zeros but for a few, and take no room on the disk.
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VramManager, vramOnly } from 'vram-residency';

const MIB = 2 ** 20;
const sizeBytes = 4096 * MIB + 12_345;
const scratch = mkdtempSync(join(tmpdir(), 'loaded-file-'));

/**
 * @param {string} name
 * @param {number} bytes
 */
function makeFile(name, bytes) {
  const path = join(scratch, name);
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  for (let at = 1; at < bytes; at += 100 * MIB) writeSync(file, 'not a hole', at);
  closeSync(file);
  return path;
}

/** Without what is shared: the stand-in keeps the device's memory in files of memory. */
function hostBytes() {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kib = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return (kib('VmRSS') - kib('RssShmem')) * 1024;
}

const manager = await VramManager.open({
  workerToken: 'token-of-the-worker-0123456789',
  workerId: 'gpu-0',
  policy: vramOnly({ allowSimulated: true }),
});
// What is loaded and compiled once is no cost of a large file.
await manager.release(await manager.sealModel(makeFile('small.bin', MIB)));
const before = hostBytes();
let largest = before;
const sampling = setInterval(() => {
  largest = Math.max(largest, hostBytes());
}, 2);
const { fields } = await manager.sealModel(makeFile('model.bin', sizeBytes));
largest = Math.max(largest, hostBytes());
clearInterval(sampling);
await manager.close();
rmSync(scratch, { recursive: true });
console.log(JSON.stringify({ vramBytes: fields.vramBytes, grownBytes: largest - before }));
