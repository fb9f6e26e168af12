// @ts-check
// The main job on the simulated device: seal a model file, verify it, find a flipped bit, recover, prove it all.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotStart, modelToSeal } from './model.mjs';
import { runWorker } from './run-worker.mjs';
import { verifyFromOutside } from './verify-from-outside.mjs';

const folder = process.env['DEMO_DIR'] ?? fileURLToPath(new URL('../../.demo', import.meta.url));

try {
  const model = modelToSeal(process.argv[2], folder);
  mkdirSync(folder, { recursive: true });
  const run = mkdtempSync(join(folder, 'run-'));
  console.log('Device: SIMULATED. Memory of this process stands in for VRAM; no GPU is involved.');
  console.log(`Model:  ${model.path}, ${inMib(model.sizeBytes)} MiB${model.made ? ', made for this' : ''}`);
  const auditDir = join(run, 'audit');
  const rootKeyFile = join(run, 'root.key');
  const { vkey } = await runWorker({ ...model, auditDir, rootKeyFile });
  await verifyFromOutside(auditDir, vkey, rootKeyFile);
  console.log(`
Where everything lies
   log         ${auditDir}
   its keys    ${auditDir}.keys (they never leave the worker)
   root key    ${rootKeyFile} (a worker hands it to its auditor and keeps no copy)
   public key  ${vkey}
Check it yourself, then change any byte of the log and check again:
   node packages/audit-chain/dist/main.js verify ${auditDir} --root-key-file ${rootKeyFile} \\
     --vkey '${vkey}'`);
} catch (error) {
  const { message, code } = /** @type {Error & { code?: string }} */ (error);
  if (error instanceof CannotStart) console.error(message);
  else console.error(code === undefined ? error : message.includes(code) ? message : `${message} (${code})`);
  process.exitCode = 1;
}

/** @param {number} bytes */
function inMib(bytes) {
  return (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1);
}
