// @ts-check
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBytes, verifyLog } from '@vram-residency/audit-chain';
import { AuditLog, nodeHashes, openLog } from '@vram-residency/audit-chain/node';
import { DigestEngines, toHex } from '@vram-residency/seal-crypto';
import { digestFile, nodeEngine } from '@vram-residency/seal-crypto/node';
import { judges } from './audit-chain-checks.mjs';
import { assertEqual } from './check.mjs';
import { filesOf, patternPieces } from './vectors.mjs';

/** @import { Check } from './check.mjs' */
/** @import { Vectors } from './vectors.mjs' */

/**
 * What must hold of the entries `./node` in the runtimes that have Node's modules.
 *
 * @param {Vectors} vectors
 * @returns {Check[]}
 */
export function nodeEntryChecks(vectors) {
  return [
    {
      name: 'seal-crypto/node: digests by node-crypto, all vectors',
      run: () => digestsAll(vectors),
    },
    {
      name: 'seal-crypto/node: digests a file',
      run: () => inScratch((folder) => digestsFile(folder, vectors)),
    },
    {
      name: 'audit-chain/node: judges all logs with hashes of node-crypto',
      run: () => judgesAll(vectors),
    },
    {
      name: 'audit-chain/node: writes a log that verifies, and goes on with it',
      run: () => inScratch(writesLog),
    },
    {
      name: 'audit-chain/node: a second writer is refused',
      run: () => inScratch(refusesSecondWriter),
    },
  ];
}

/** @param {Vectors} vectors */
function digestsAll({ digests }) {
  const engines = new DigestEngines([nodeEngine]);
  for (const algorithm of nodeEngine.algorithms) {
    for (const { length, [algorithm]: expected } of digests) {
      const hasher = engines.createHasher(algorithm);
      for (const piece of patternPieces(length)) hasher.update(piece);
      assertEqual(toHex(hasher.digest()), expected, `${algorithm} of ${length} bytes`);
    }
  }
}

/**
 * @param {string} folder
 * @param {Vectors} vectors
 */
async function digestsFile(folder, { digests }) {
  const file = join(folder, 'model');
  const { length, blake3 } = /** @type {typeof digests[number]} */ (digests.at(-2));
  await writeFile(file, Buffer.concat([...patternPieces(length)]));
  const { digest, sizeBytes } = await digestFile(file, 'blake3');
  assertEqual([toHex(digest), sizeBytes], [blake3, length], 'digest and size of the file');
}

/** @param {Vectors} vectors */
async function judgesAll({ logs }) {
  for (const log of logs) await judges(log, fromBytes(filesOf(log)), nodeHashes);
}

/** @param {string} folder */
async function writesLog(folder) {
  const dir = join(folder, 'audit');
  const event = /** @type {const} */ ({ type: 'job_finished', severity: 'INFO', members: { tokens: 512 } });
  let rootKey = '';
  for (const firstSeq of [1, 5]) {
    const log = await AuditLog.open({
      dir,
      workerId: 'gpu-0',
      onError: failing,
      onRootKey: async (handedOut) => {
        rootKey = handedOut;
      },
    });
    assertEqual((await log.emit(event).durable).seq, firstSeq, 'the record that is durable');
    await log.close();
    const result = await verifyLog(await openLog(dir), { vkey: log.vkey, hashes: nodeHashes });
    assertEqual([result.status, result.records], ['verified', firstSeq + 3], 'the verdict');
  }
  const result = await verifyLog(await openLog(dir), { rootKey: Buffer.from(rootKey, 'hex') });
  assertEqual([result.status, result.mac], ['verified', 'verified'], 'the verdict with the root key');
}

/** @param {string} folder */
async function refusesSecondWriter(folder) {
  const options = { dir: join(folder, 'audit'), workerId: 'gpu-0', onError: failing, onRootKey: () => {} };
  const log = await AuditLog.open(options);
  const code = await AuditLog.open(options).then(
    () => 'no error',
    (error) => error.code,
  );
  await log.close();
  assertEqual(code, 'LOG_LOCKED', 'the code of the error');
}

/** @param {Error} error */
function failing(error) {
  throw error;
}

/** @param {(folder: string) => Promise<void>} use */
async function inScratch(use) {
  const folder = await mkdtemp(join(tmpdir(), 'runtimes-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
