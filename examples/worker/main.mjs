// @ts-check
// A GPU worker: seals a model, answers HTTP requests from verified memory, records it all, ends cleanly on SIGTERM.
import { simulatedBackend } from 'vram-residency';
import { startWorker } from './worker.mjs';

const [model, auditDir, expected] = process.argv.slice(2);
const { VRAM_RESIDENCY_TOKEN: workerToken = '', PORT: port = '8080' } = process.env;

if (model === undefined || auditDir === undefined) {
  console.error('Usage: VRAM_RESIDENCY_TOKEN=… node main.mjs MODEL AUDIT_DIR [EXPECTED_DIGEST]');
  process.exitCode = 2;
} else {
  await work({ model, auditDir, ...(expected === undefined ? {} : { expected }) });
}

/** @param {{ model: string, auditDir: string, expected?: string }} given */
async function work(given) {
  try {
    console.log('device: SIMULATED, process memory in place of VRAM');
    const worker = await startWorker({
      ...given,
      workerToken,
      port: Number(port),
      backend: simulatedBackend(),
    });
    process.once('SIGTERM', worker.stop);
    console.log(`serving on http://127.0.0.1:${worker.port}`);
    const inOrder = await worker.ended;
    console.log('memory given back, log closed');
    // A supervisor starts a worker anew that ends with 1; it must not answer from what it found changed.
    process.exitCode = inOrder ? 0 : 1;
  } catch (error) {
    const { message, code } = /** @type {Error & { code?: string }} */ (error);
    console.error(code === undefined ? message : `${message} (${code})`);
    process.exitCode = 1;
  }
}
