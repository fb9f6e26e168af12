// @ts-check
import { VramManager, vramOnly } from 'vram-residency';

/**
 * A worker on device 0 of the CUDA backend; a stand-in is allowed, for then this is a rehearsal.
 *
 * @param {Partial<import('vram-residency').VramManagerOptions>} [options]
 */
export function openWorker(options = {}) {
  return VramManager.open({
    workerToken: 'a token of a GPU test, not a secret',
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
    ...options,
  });
}
