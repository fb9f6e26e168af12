// @ts-check
// A witness: cosigns a log's checkpoints (C2SP tlog-witness, tlog-cosignature) as long as each continues the one before.
import { createHash, createPublicKey, sign } from 'node:crypto';
import { createServer } from 'node:http';
import {
  openCheckpoint,
  parseCheckpoint,
  parseVerifierKey,
  verifyConsistency,
} from '@vram-residency/audit-chain';
import { LatestCheckpoints } from './latest-checkpoints.mjs';

/** Signature type of a timestamped Ed25519 cosignature. */
const COSIGNATURE_V1 = 4;
const MAX_PROOF_HASHES = 63;
const MAX_REQUEST_BYTES = 65_536;
const PATH = '/add-checkpoint';

/** @typedef {{ status: number, type?: string, body: string }} Answer */
/** @typedef {import('@vram-residency/audit-chain').Checkpoint} Checkpoint */

export class Witness {
  #name;
  #privateKey;
  #publicKey;
  #latest;
  /** @type {Map<string, import('@vram-residency/audit-chain').VerifierKey>} */
  #logs = new Map();

  /**
   * @param {object} options
   * @param {string} options.name a URL without its scheme
   * @param {import('node:crypto').KeyObject} options.privateKey Ed25519, of this witness alone
   * @param {string} options.directory for the latest checkpoints; a witness that loses it must get another key
   */
  constructor({ name, privateKey, directory }) {
    this.#name = name;
    this.#privateKey = privateKey;
    // The last 32 bytes of an Ed25519 key's SPKI are the key.
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    this.#publicKey = spki.subarray(-32);
    this.#latest = new LatestCheckpoints(directory);
  }

  /** @param {string} vkey of a log that this witness cosigns */
  know(vkey) {
    const key = parseVerifierKey(vkey);
    this.#logs.set(key.origin, key);
  }

  /** What logs and auditors need to check cosignatures. */
  get vkey() {
    const key = Buffer.concat([Buffer.of(COSIGNATURE_V1), this.#publicKey]);
    return `${this.#name}+${this.#keyId.toString('hex')}+${key.toString('base64')}`;
  }

  get #keyId() {
    const hash = createHash('sha256').update(`${this.#name}\n`).update(Buffer.of(COSIGNATURE_V1));
    return hash.update(this.#publicKey).digest().subarray(0, 4);
  }

  /** An HTTP server that is not listening yet. */
  server() {
    return createServer(async (request, response) => {
      const { status, type = 'text/plain; charset=utf-8', body } = await this.#answer(request);
      response.writeHead(status, {
        'content-type': type,
        connection: status === 413 ? 'close' : 'keep-alive',
      });
      response.end(body);
    });
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @returns {Promise<Answer>}
   */
  async #answer(request) {
    if (request.url !== PATH) return { status: 404, body: `Only ${PATH} is here\n` };
    if (request.method !== 'POST') return { status: 405, body: 'Only POST is served\n' };
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_REQUEST_BYTES) return { status: 413, body: 'The request is too long\n' };
    }
    try {
      return this.addCheckpoint(text);
    } catch (error) {
      console.error(error);
      return { status: 500, body: 'The witness failed\n' };
    }
  }

  /**
   * Judges a request and cosigns. There is no await in it: between the look at the latest checkpoint and its replacement no
   * other request can come.
   *
   * @param {string} text
   * @returns {Answer}
   */
  addCheckpoint(text) {
    const request = parseRequest(text);
    if (request === undefined) return { status: 400, body: 'The request is malformed\n' };
    const { olderSize, proof, note, checkpoint } = request;
    const key = this.#logs.get(checkpoint.origin);
    if (key === undefined) return { status: 404, body: 'The log is not known\n' };
    try {
      openCheckpoint(note, key);
    } catch {
      return { status: 403, body: 'The checkpoint is not signed by the log\n' };
    }
    if (olderSize > checkpoint.treeSize) return { status: 400, body: 'The old size is the larger one\n' };
    const stored = this.#latest.read(checkpoint.origin);
    const latest = stored === undefined ? undefined : parseCheckpoint(stored);
    const latestSize = latest?.treeSize ?? 0;
    if (olderSize !== latestSize) return conflict(latestSize);
    const refusal = judgeProof(latest, checkpoint, proof);
    if (refusal !== undefined) return refusal;
    this.#latest.write(checkpoint.origin, note);
    return { status: 200, body: this.#cosign(note) };
  }

  /** @param {string} note */
  #cosign(note) {
    const time = BigInt(Math.floor(Date.now() / 1000));
    const statement = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${statement}`), this.#privateKey);
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    return `\u2014 ${this.#name} ${Buffer.concat([this.#keyId, stamp, signature]).toString('base64')}\n`;
  }
}

/**
 * @param {string} text
 * @returns {{ olderSize: number, proof: Buffer[], note: string, checkpoint: Checkpoint } | undefined}
 */
function parseRequest(text) {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const [, digits] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? [];
  const olderSize = Number(digits);
  const isProof =
    lines.length <= MAX_PROOF_HASHES && lines.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line));
  if (!Number.isSafeInteger(olderSize) || !isProof) return undefined;
  const note = text.slice(end + 2);
  try {
    const proof = lines.map((line) => Buffer.from(line, 'base64'));
    return { olderSize, proof, note, checkpoint: parseCheckpoint(note) };
  } catch {
    return undefined;
  }
}

/**
 * @param {Checkpoint | undefined} older
 * @param {Checkpoint} newer
 * @param {Buffer[]} proof
 * @returns {Answer | undefined} nothing if the newer tree continues the older
 */
function judgeProof(older, newer, proof) {
  const notProven = {
    status: 422,
    body: 'The proof does not show that the checkpoint continues the latest one\n',
  };
  if (older === undefined || older.treeSize === 0) return proof.length === 0 ? undefined : notProven;
  const isSameSize = older.treeSize === newer.treeSize;
  if (isSameSize && !Buffer.from(older.rootHash).equals(newer.rootHash)) return conflict(older.treeSize);
  const { treeSize: olderSize, rootHash: olderRoot } = older;
  const { treeSize: newerSize, rootHash: newerRoot } = newer;
  try {
    verifyConsistency({ olderSize, newerSize, olderRoot, newerRoot }, proof);
    return undefined;
  } catch {
    return notProven;
  }
}

/**
 * @param {number} size
 * @returns {Answer}
 */
function conflict(size) {
  return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` };
}
