// @ts-check
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { AuditLog } from '@vram-residency/audit-chain/node';
import { VramManager, vramOnly } from 'vram-residency';
import * as engine from './engine.mjs';

const WORKER_ID = 'gpu-0';
const MAX_PROMPT_BYTES = 65_536;

/**
 * @typedef {object} WorkerOptions
 * @property {NonNullable<import('vram-residency').VramManagerOptions['backend']>} backend
 * @property {string} workerToken the worker's credential, at least 16 bytes
 * @property {string} model path of the model file
 * @property {string} [expected] the digest that the file must have, such as `sha256:…`
 * @property {string} auditDir where the audit log lies
 * @property {number} port 0 for any that is free
 */

/**
 * @typedef {object} Worker
 * @property {number} port
 * @property {() => void} stop takes no more requests and lets those under way end
 * @property {Promise<boolean>} ended when all is given back and recorded; `false` if what was found stopped the worker
 */

/**
 * Seals the model and answers requests from it.
 *
 * @param {WorkerOptions} options
 * @returns {Promise<Worker>}
 */
export async function startWorker({ backend, workerToken, model, expected, auditDir, port }) {
  const auditLog = await AuditLog.open({
    dir: auditDir,
    workerId: WORKER_ID,
    onError: (error) => console.error(`${error.message} (${error.code})`),
    // A real worker sends the root key to whoever audits it and keeps no copy.
    onRootKey: (rootKey) => writeFile(`${auditDir}.root-key`, `${rootKey}\n`, { mode: 0o600, flag: 'wx' }),
  });
  /** @type {VramManager | undefined} */
  let vram;
  const close = async () => {
    try {
      await vram?.close();
    } finally {
      await auditLog.close();
    }
  };
  try {
    vram = await VramManager.open({
      backend,
      workerToken,
      workerId: WORKER_ID,
      auditLog,
      auditMode: 'required',
      policy: vramOnly({ allowSimulated: true }),
    });
    const shard = await vram.sealModel(model, {
      shardId: 'model-0',
      ...(expected === undefined ? {} : { expected }),
    });
    const { vramBytes, digestAlgorithm, digest } = shard.fields;
    console.log(`sealed ${vramBytes} bytes, ${digestAlgorithm} ${digest}`);
    return await serve(vram, shard, port, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {VramManager} vram
 * @param {import('vram-residency').SealedShard} shard
 * @param {number} port
 * @param {() => Promise<void>} close
 * @returns {Promise<Worker>}
 */
async function serve(vram, shard, port, close) {
  const server = createServer(async (request, response) => {
    try {
      const prompt = await readPrompt(request);
      const traceId = request.headers['x-trace-id']?.toString();
      // Runs over memory that was verified within the last second; a shard in use is not released under it.
      const answer = await vram.execute([shard], ([weights]) => engine.run(weights?.external, prompt), {
        verify: { maxAgeMs: 1000 },
        traceId,
      });
      response.end(`${answer}\n`);
    } catch (error) {
      response.writeHead(503).end(`${/** @type {{ code?: string }} */ (error).code ?? 'FAILED'}\n`);
    }
  });
  const closed = new Promise((resolve) => server.once('close', resolve));
  const ended = closed.then(async () => {
    const wasReady = vram.state === 'ready';
    await close();
    return wasReady;
  });
  // A failed verification or a policy violation stops the worker: take no more requests, and let the process end.
  vram.on('stopped', ({ reason }) => {
    console.error(`stopped: ${reason}`);
    server.close();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).once('listening', resolve).listen(port, '127.0.0.1');
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port: address.port, stop: () => void server.close(), ended };
}

/** @param {AsyncIterable<Buffer>} request */
async function readPrompt(request) {
  const pieces = [];
  let sizeBytes = 0;
  for await (const piece of request) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_PROMPT_BYTES) throw new RangeError(`Expected at most ${MAX_PROMPT_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
