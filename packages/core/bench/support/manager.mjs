// @ts-check
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { simulatedBackend, VramManager, vramOnly } from 'vram-residency';

const MIB = 2 ** 20;

/** A worker on a simulated device whose digests are computed by the engines that are fastest on Node. */
export function openManager() {
  return VramManager.open({
    backend: simulatedBackend({ engines: defaultEngines() }),
    workerToken: 'a token of 16 bytes or more',
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
  });
}

/**
 * Writes a file of bytes that do not repeat at once; it is in the page cache then.
 *
 * @param {string} path
 * @param {number} sizeMib
 */
export function makeFile(path, sizeMib) {
  const file = openSync(path, 'w');
  const bytes = new Uint32Array(MIB / 4);
  for (let i = 0, state = 1; i < sizeMib; i++) {
    for (let j = 0; j < bytes.length; j++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[j] = state;
    }
    writeSync(file, bytes);
  }
  closeSync(file);
}

/**
 * @param {string} path
 * @param {(piece: Uint8Array) => void} take
 */
export function readAlone(path, take = () => undefined) {
  const buffer = new Uint8Array(4 * MIB);
  const file = openSync(path, 'r');
  for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer))
    take(buffer.subarray(0, length));
  closeSync(file);
}
