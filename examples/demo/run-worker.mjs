// @ts-check
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { AuditLog } from '@vram-residency/audit-chain/node';
import { simulatedBackend, VramError, VramManager, vramOnly } from 'vram-residency';
import { progressBar } from './progress.mjs';

const WORKER_ID = 'demo-worker';
/** The second shard is the beginning of the file, so that a large file is not held twice. */
const SECOND_SHARD_BYTES = 16 * 2 ** 20;
const GIB = 2 ** 30;

/**
 * @typedef {object} Run
 * @property {string} path the model file
 * @property {number} sizeBytes
 * @property {string} auditDir
 * @property {string} rootKeyFile
 */

/**
 * A worker's life: seal, verify, a bit flips, stop, recover, release, close.
 *
 * @param {Run} run
 * @returns {Promise<{ readonly vkey: string }>}
 */
export async function runWorker({ path, sizeBytes, auditDir, rootKeyFile }) {
  const auditLog = await AuditLog.open({
    dir: auditDir,
    workerId: WORKER_ID,
    onRootKey: (rootKey) => writeFile(rootKeyFile, `${rootKey}\n`, { mode: 0o600 }),
    onError: (error) => console.error(`${error.message} (${error.code})`),
  });
  try {
    await seal(auditLog, path, sizeBytes);
  } finally {
    await auditLog.close();
  }
  return { vkey: auditLog.vkey };
}

/**
 * @param {AuditLog} auditLog
 * @param {string} path
 * @param {number} sizeBytes
 */
async function seal(auditLog, path, sizeBytes) {
  const secondBytes = Math.min(sizeBytes, SECOND_SHARD_BYTES);
  const backend = simulatedBackend({ devices: [{ capacityBytes: Math.max(GIB, sizeBytes + GIB) }] });
  const vram = await VramManager.open({
    backend,
    workerToken: 'a token for the demonstration only',
    workerId: WORKER_ID,
    auditLog,
    auditMode: 'required',
    policy: vramOnly({ allowSimulated: true }),
  });
  /** @type {string[]} */
  const stops = [];
  vram.on('stopped', ({ reason }) => stops.push(reason));
  const bar = progressBar();
  try {
    console.log('\n1. Seal the model: load it, compute its digest where it lies, sign what was found');
    const model = await vram.sealModel(path, { shardId: 'model', onProgress: bar.draw });
    bar.clear();
    console.log(`   model: ${model.fields.vramBytes} bytes, blake3 ${model.fields.digest}`);

    console.log('2. Verify it: the signature, and the digest of every byte again, in place');
    const { bytesVerified } = await vram.verifySealed(model);
    console.log(`   model: ${bytesVerified} bytes are what was sealed`);

    console.log(
      '3. Seal a second shard (the beginning of the file), then flip one bit of it in simulated VRAM',
    );
    const second = await vram.sealModel(
      { stream: createReadStream(path, { end: secondBytes - 1 }), sizeBytes: secondBytes },
      { shardId: 'second', digest: 'sha256-fsverity', onProgress: bar.draw },
    );
    bar.clear();
    console.log(`   second: ${secondBytes} bytes, sha256-fsverity ${second.fields.digest}`);
    const memory = backend.faults.allocations[1];
    assert(memory !== undefined, 'The second shard has no memory');
    backend.faults.flipBit(memory, { offset: Math.floor(secondBytes / 2) });

    console.log('4. Verify the second shard: it must fail, and stop the worker');
    const failure = await failureOf(vram.verifySealed(second));
    assert.equal(failure, 'VERIFICATION_FAILED: digest_mismatch', 'The flipped bit went unnoticed');
    assert.deepEqual(stops, ['digest_mismatch'], 'The worker was not stopped');
    console.log(`   second: ${failure}; the worker is ${vram.state}`);
    const refusal = await failureOf(vram.sealModel(path));
    assert.equal(refusal, 'WORKER_STOPPED', 'A stopped worker took new work');
    console.log(`   a new seal is refused: ${refusal}`);

    console.log(
      '5. Release the bad shard and recover: the policy is evaluated again, all that is left verified',
    );
    await vram.release(second);
    await vram.recover({ reason: 'the corrupted shard was released' });
    assert.equal(vram.state, 'ready', 'The worker did not recover');
    console.log(`   the worker is ${vram.state}`);

    console.log(
      '6. Release the model: its memory is overwritten with zeros and given back; the log is closed',
    );
    await vram.release(model);
    assert.equal((await vram.memory()).usedBytes, 0, 'Memory is still held');
  } finally {
    bar.clear();
    await vram.close();
  }
}

/**
 * @param {Promise<unknown>} operation
 * @returns {Promise<string>} code, and reason where there is one, of the failure
 */
async function failureOf(operation) {
  try {
    await operation;
  } catch (error) {
    if (!(error instanceof VramError)) throw error;
    return error.reason === undefined ? error.code : `${error.code}: ${error.reason}`;
  }
  return 'it did not fail';
}
