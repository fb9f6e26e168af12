// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import {
  AuditError,
  formatInclusionProof,
  fromBytes,
  LocalSigner,
  openCheckpoint,
  parseInclusionProof,
  parseVerifierKey,
  proveInclusion,
  query,
  verifyLog,
  verifyRecord,
} from '@vram-residency/audit-chain';
import { nodeHashes as hashes } from '@vram-residency/audit-chain/node';
// What readers use that is not exported.
import { KeyStore } from '../dist/node/key-store.js';
import { decodeRecord } from '../dist/record/decode.js';
import { readIdentity } from '../dist/verify/log-identity.js';

/**
 * A reader of what comes from outside.
 *
 * @typedef {object} Target
 * @property {string} name
 * @property {readonly Uint8Array[]} corpus sound inputs
 * @property {(input: Uint8Array) => unknown} read may throw an `AuditError` with one of the codes, and nothing else
 * @property {readonly string[]} codes
 */

const VECTORS = new URL('../test/vectors/', import.meta.url);
const SOUND = ['ok-keyless', 'ok-with-root-key', 'custom-event', 'pruned-recorded'];
const read = (/** @type {string} */ path) => readFileSync(new URL(path, VECTORS));
const text = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('utf8');
const vectors = JSON.parse(text(read('audit-lines.json')));

/** @type {readonly Map<string, Uint8Array>[]} */
const logs = SOUND.map((name) => {
  const names = readdirSync(new URL(`logs/${name}/`, VECTORS));
  return new Map(names.map((file) => [file, Uint8Array.from(read(`logs/${name}/${file}`))]));
});
const files = logs.flatMap((log) => [...log]);
const segments = files.filter(([name]) => name.startsWith('segment-')).map(([, bytes]) => bytes);
const log = /** @type {Map<string, Uint8Array>} */ (logs[0]);
const { origin, vkey } = JSON.parse(text(/** @type {Uint8Array} */ (log.get('log.json'))));
const key = parseVerifierKey(vkey);
const covered = await proveInclusion(fromBytes(log), 3, { hashes });
const later = await proveInclusion(fromBytes(log), 20, { hashes });

/** @type {readonly Target[]} */
export const targets = [
  {
    name: 'record',
    corpus: segments.flatMap((bytes) =>
      text(bytes)
        .split('\n')
        .map((line) => Buffer.from(line)),
    ),
    read: decodeRecord,
    codes: [],
  },
  {
    name: 'checkpoint note',
    corpus: files.filter(([name]) => name === 'checkpoint').map(([, bytes]) => bytes),
    read: (input) => openCheckpoint(text(input), key),
    codes: ['INVALID_NOTE'],
  },
  {
    name: 'proof',
    corpus: [covered, later].map(({ proof }) => Buffer.from(formatInclusionProof(proof))),
    read: (input) => verifyRecord(parseInclusionProof(text(input)), covered.line, vkey),
    codes: ['INVALID_PROOF', 'INVALID_NOTE'],
  },
  {
    name: 'verifier key',
    corpus: [vkey, vectors.vkey].map((line) => Buffer.from(line)),
    read: (input) => parseVerifierKey(text(input)),
    codes: ['INVALID_KEY'],
  },
  {
    name: 'signing.key',
    corpus: [Buffer.from(`${vectors.skey}\n`)],
    read: (input) => LocalSigner.parse(text(input), vectors.origin),
    codes: ['INVALID_KEY'],
  },
  {
    name: 'key.state',
    corpus: [
      Buffer.from(
        `${JSON.stringify({ format: 'vram-residency/audit-key/v1', origin, epoch: 3, secret: vectors.E0 })}\n`,
      ),
    ],
    // A larger file is refused unread, before there is anything to parse.
    read: (input) =>
      readFromMemory(new KeyStore('keys', () => '').readState(origin), input.subarray(0, 4096)),
    codes: ['LOG_DAMAGED', 'UNKNOWN_FORMAT'],
  },
  {
    name: 'log.json',
    corpus: files.filter(([name]) => name === 'log.json').map(([, bytes]) => bytes),
    read: (input) => readIdentity(fromBytes(new Map([['log.json', input]])), undefined, () => {}),
    codes: ['UNKNOWN_FORMAT'],
  },
  { name: 'segment', corpus: segments, read: readLog, codes: ['INVALID_PROOF', 'NOT_PROVABLE'] },
];

/**
 * A log with another segment: it is judged, queried, and proven from.
 *
 * @param {Uint8Array} input
 */
async function readLog(input) {
  const source = fromBytes(new Map(log).set('segment-00000000000000000000.ndjson', input));
  const { status, defects, defectCount } = await verifyLog(source, { vkey, hashes });
  if ((status === 'verified') !== (defectCount === 0) || defects.length > 1000) {
    throw new Error(`${status} with ${defectCount} defects`);
  }
  for await (const { record } of query(source, { limit: 100 })) void record;
  await proveInclusion(source, 3, { vkey, hashes });
}

/**
 * Carries out the file operations of reading one file, whose content is given.
 *
 * @param {ReturnType<KeyStore['readState']>} task
 * @param {Uint8Array} content
 */
function readFromMemory(task, content) {
  const file = { isFile: true, sizeBytes: content.length, mode: 0o600 };
  let step = task.next();
  while (!step.done) {
    const operation = step.value;
    if (operation.op === 'open') step = task.next(3);
    else if (operation.op === 'stat') step = task.next(file);
    else if (operation.op === 'read') {
      const end = operation.position + operation.length;
      step = task.next(Uint8Array.from(content.subarray(operation.position, end)));
    } else if (operation.op === 'close') step = task.next();
    else throw new Error(`Reading a file does ${operation.op}`);
  }
  step.value.destroy();
}

/**
 * Reads an input as a target does.
 *
 * @param {Target} target
 * @param {Uint8Array} input
 * @throws whatever is not a typed error with one of the codes of the target
 */
export async function readHostile({ read: readInput, codes }, input) {
  try {
    await readInput(input);
  } catch (error) {
    if (!(error instanceof AuditError && codes.includes(error.code))) throw error;
  }
}
