// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VramError } from 'vram-residency';
import { NotRun } from '../part.mjs';
import { openWorker } from '../worker.mjs';

const PROGRAM = fileURLToPath(new URL('../programs/adopt.mjs', import.meta.url));
const SIZE_BYTES = 16 * 2 ** 20;

/** @type {import('../part.mjs').Part} */
export const sharing = {
  name: 'another process adopts an exported shard and verifies it',
  async run() {
    const manager = await openWorker();
    try {
      const shard = await manager.sealModel(randomBytes(SIZE_BYTES), { exportable: true });
      const { fd, sizeBytes } = await manager.export(shard);
      const { digest } = shard.fields;
      const stdio = /** @type {const} */ (['ignore', 'pipe', 'pipe']);
      const { status, signal, stdout, stderr } = spawnSync(
        process.execPath,
        [PROGRAM, String(sizeBytes), digest],
        { encoding: 'utf8', stdio: [...stdio, fd] },
      );
      closeSync(fd);
      assert.equal(status, 0, `${signal ?? ''}${stderr}`);
      assert.deepEqual(JSON.parse(stdout), { digest, mode: 'full', freedBytes: 0 });
      await manager.verifySealed(shard);
    } catch (error) {
      if (error instanceof VramError && error.code === 'NOT_EXPORTABLE') {
        throw new NotRun('this device or driver hands no memory to other processes');
      }
      throw error;
    } finally {
      await manager.close();
    }
    return 'by an inherited descriptor, with the same digest, and left to its owner';
  },
};
