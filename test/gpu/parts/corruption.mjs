// @ts-check
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { store } from '../store.mjs';

const SIZE_BYTES = 16 * 2 ** 20;

/** @type {import('../part.mjs').Part} */
export const corruption = {
  name: "a kernel's write into memory that is not protected shows in the digest",
  async run() {
    const device = await cudaBackend().open(0);
    try {
      const allocation = await device.allocate(SIZE_BYTES);
      const bytes = randomBytes(SIZE_BYTES);
      await allocation.write(0, bytes);
      const at = SIZE_BYTES - 1;
      const intact = bytes[at] ?? 0;
      for (const algorithm of /** @type {const} */ (['blake3', 'sha256-fsverity'])) {
        const before = await allocation.digest(algorithm);
        assert.equal(store(allocation.external, at, intact ^ 1), 0);
        assert.notDeepEqual(await allocation.digest(algorithm), before);
        assert.equal(store(allocation.external, at, intact), 0);
        assert.deepEqual(await allocation.digest(algorithm), before);
      }
    } finally {
      await device.close();
    }
    return 'one bit, under both digests';
  },
};
