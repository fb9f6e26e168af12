// @ts-check
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { formatDigest } from '@vram-residency/seal-crypto';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { withModelFile } from '../model-file.mjs';
import { openWorker } from '../worker.mjs';

/** @type {import('../part.mjs').Part} */
export const sealCycle = {
  name: 'seal, verify, execute and release of a file',
  run: ({ modelBytes }) =>
    withModelFile(modelBytes, async (path, folder) => {
      const dir = join(folder, 'log');
      const auditLog = await AuditLog.open({
        dir,
        workerId: 'gpu-0',
        rootKey: randomBytes(32),
        onError: rethrow,
      });
      const manager = await openWorker({ auditLog, auditMode: 'required' });
      try {
        for (const algorithm of /** @type {const} */ (['blake3', 'sha256-fsverity'])) {
          const digest = defaultEngines().digest(algorithm, readFileSync(path));
          const expected = formatDigest({ algorithm, digest });
          const shard = await manager.sealModel(path, { digest: algorithm, expected, shardId: algorithm });
          await manager.verifySealed(shard);
          const bytes = await manager.execute([shard], ([view]) => view?.sizeBytes);
          assert.equal(bytes, modelBytes);
          await manager.release(shard);
        }
        assert.equal((await manager.memory()).usedBytes, 0);
      } finally {
        await manager.close();
        await auditLog.close();
      }
      const { vkey } = JSON.parse(readFileSync(join(dir, 'log.json'), 'utf8'));
      const { status, defects, events } = await verifyLog(await openLog(dir), { vkey });
      assert.equal(status, 'verified', JSON.stringify(defects));
      assert.equal(events['vram_sealed'], 2);
      assert.equal(events['vram_deallocated'], 2);
      return `${modelBytes / 2 ** 20} MiB under both digests, and the log verifies`;
    }),
};

/** @param {unknown} error */
function rethrow(error) {
  throw error;
}
