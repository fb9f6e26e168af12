// @ts-check
// The main job on the simulated device: seal a model file, verify it, find a flipped bit, recover, prove it all.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRootKey, verifyLog } from '@vram-residency/audit-chain';
import { AuditLog, openLog } from '@vram-residency/audit-chain/node';
import { simulatedBackend, VramManager, vramOnly } from 'vram-residency';
import { makeModelFile } from './model-file.mjs';

const work = fileURLToPath(new URL('../../.demo/', import.meta.url));
const sizeMib = Number(process.env['DEMO_MODEL_MIB'] ?? 64);
const generated = join(work, `model-${sizeMib}.safetensors`);
const [given] = process.argv.slice(2);
if (given === undefined) makeModelFile(generated, sizeMib);
const file = given === undefined ? generated : resolve(given);
mkdirSync(work, { recursive: true });
const dir = join(mkdtempSync(join(work, 'run-')), 'audit');

console.log('Device: SIMULATED (process memory stands in for VRAM; no GPU is involved)');
console.log(`Model:  ${file}`);
let rootKey = '';
const auditLog = await AuditLog.open({
  dir,
  workerId: 'demo-worker',
  onRootKey: (key) => {
    rootKey = key;
  },
  onError: (error) => console.error(error.message),
});
const backend = simulatedBackend();
const vram = await VramManager.open({
  backend,
  workerToken: 'a token for the demonstration only',
  workerId: 'demo-worker',
  auditLog,
  auditMode: 'required',
  policy: vramOnly({ allowSimulated: true }),
});
vram.on('stopped', ({ reason }) => console.log(`Worker stopped: ${reason}`));

const first = await vram.sealModel(file, { shardId: 'shard-a', onProgress: progress() });
console.log(`Sealed   ${first.shardId}: ${first.fields.vramBytes} bytes, blake3 ${first.fields.digest}`);
const verified = await vram.verifySealed(first);
console.log(`Verified ${first.shardId} in place: ${verified.bytesVerified} bytes`);

const second = await vram.sealModel(file, {
  shardId: 'shard-b',
  digest: 'sha256-fsverity',
  onProgress: progress(),
});
console.log(`Sealed   ${second.shardId}: sha256-fsverity ${second.fields.digest}`);
const allocation = backend.faults.allocations[1];
if (allocation === undefined) throw new Error('The second shard has no allocation');
backend.faults.flipBit(allocation, { offset: Math.floor(second.fields.vramBytes / 2) });
console.log('Flipped one bit of shard-b in simulated VRAM');
const failure = await vram.verifySealed(second).then(
  () => undefined,
  (error) => error,
);
if (failure?.code !== 'VERIFICATION_FAILED') throw new Error('The flipped bit went unnoticed');
console.log(`Verification failed: ${failure.message} (${failure.code})`);
const refused = await vram.sealModel(file).catch((error) => error);
console.log(`A new seal is refused: ${refused.code}`);
await vram.release(second);
await vram.recover({ reason: 'corrupted shard released' });
console.log(`Recovered: the worker is ${vram.state}`);
await vram.release(first);
await vram.close();
await auditLog.close();

for (const [by, options] of /** @type {const} */ ([
  ['public key', { vkey: auditLog.vkey }],
  ['root key', { rootKey: parseRootKey(rootKey) }],
])) {
  const result = await verifyLog(await openLog(dir), options);
  console.log(`Log verified with the ${by}: ${result.status}, ${result.records} records, MACs ${result.mac}`);
  if (result.exitCode !== 0) process.exitCode = result.exitCode;
}
console.log(`
Log:        ${dir}
Keys:       ${dir}.keys (stay on the worker)
Public key: ${auditLog.vkey}
Check it yourself: node packages/audit-chain/dist/main.js verify ${dir} --vkey '${auditLog.vkey}'`);

/** A progress bar, only on a terminal. */
function progress() {
  /** @param {import('vram-residency').SealProgress} step */
  return ({ phase, loadedBytes, totalBytes }) => {
    if (!process.stderr.isTTY) return;
    const filled = Math.round((loadedBytes / totalBytes) * 30);
    process.stderr.write(
      `\r${'#'.repeat(filled).padEnd(30, '.')} ${phase}${loadedBytes === totalBytes ? '\n' : ''}`,
    );
  };
}
