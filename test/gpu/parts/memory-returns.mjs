// @ts-check
import assert from 'node:assert/strict';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { withModelFile } from '../model-file.mjs';
import { openWorker } from '../worker.mjs';

/** @type {import('../part.mjs').Part} */
export const memoryReturns = {
  name: 'memory is back with the driver at the end',
  run: ({ modelBytes, slackBytes }) =>
    withModelFile(modelBytes, async (path) => {
      // Open all the while, so that what a context takes for itself is in both figures.
      const device = await cudaBackend().open(0);
      try {
        const before = (await device.memory()).freeBytes;
        const manager = await openWorker();
        await manager.sealModel(path);
        const during = (await device.memory()).freeBytes;
        assert.ok(before - during >= modelBytes - slackBytes, 'The model takes no device memory');
        await manager.close();
        const after = (await device.memory()).freeBytes;
        assert.ok(after >= before - slackBytes, `${before - after} bytes are missing`);
      } finally {
        await device.close();
      }
      return `${modelBytes / 2 ** 20} MiB taken and given back, give or take ${slackBytes / 2 ** 20} MiB`;
    }),
};
