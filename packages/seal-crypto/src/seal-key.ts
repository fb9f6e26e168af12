import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes } from './bytes.js';
import { SealError } from './seal-error.js';
import { isWorkerId, type SealFields, validateSealFields } from './seal-fields.js';

const encoder = new TextEncoder();
const SALT = encoder.encode('vram-residency/seal/v1');
const MIN_TOKEN_BYTES = 16;
const PRINTED = 'SealKey [secret]';

/**
 * The bytes a seal's signature is over: each field in the order of the seal format, its length as u32
 * big-endian before it.
 *
 * @throws SealError `MALFORMED_SEAL`
 */
export function sealPreimage(fields: SealFields): Uint8Array {
  validateSealFields(fields);
  const texts = [
    'vram-residency/seal/v1',
    fields.shardId,
    fields.workerId,
    fields.gpuUuid,
    String(fields.gpuDevice),
    String(fields.vramBytes),
    fields.digestAlgorithm,
    fields.digest,
    fields.sealedAt,
    fields.nonce,
    fields.modelRef ?? '',
    String(fields.shardIndex ?? ''),
    String(fields.totalShards ?? ''),
  ].map((text) => encoder.encode(text));
  const preimage = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  const view = new DataView(preimage.buffer);
  let offset = 0;
  for (const text of texts) {
    view.setUint32(offset, text.length);
    preimage.set(text, offset + 4);
    offset += 4 + text.length;
  }
  return preimage;
}

/** The key under which a worker signs its seals. Holds the key where nothing can print or copy it. */
export class SealKey {
  readonly #key: Uint8Array;
  #destroyed = false;

  private constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * HKDF-SHA256 (RFC 5869) of the worker's token, salted with the format's name, for one worker.
   *
   * @throws SealError `TOKEN_TOO_SHORT` for a token of fewer than 16 bytes
   * @throws TypeError if `workerId` is malformed
   */
  static derive(token: string | Uint8Array, workerId: string): SealKey {
    if (!isWorkerId(workerId)) throw new TypeError('Expected workerId to match [A-Za-z0-9._:-]{1,128}');
    const ikm = typeof token === 'string' ? encoder.encode(token) : token;
    if (!(ikm instanceof Uint8Array)) throw new TypeError('Expected token to be a string or a Uint8Array');
    if (ikm.length < MIN_TOKEN_BYTES) {
      throw new SealError('TOKEN_TOO_SHORT', `Expected a token of at least ${MIN_TOKEN_BYTES} bytes`);
    }
    return new SealKey(hkdf(sha256, ikm, SALT, encoder.encode(workerId), 32));
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  /**
   * HMAC-SHA256 over the fields' preimage, 32 bytes.
   *
   * @throws SealError `KEY_DESTROYED`, `MALFORMED_SEAL`
   */
  sign(fields: SealFields): Uint8Array {
    if (this.#destroyed) throw new SealError('KEY_DESTROYED', 'The seal key was destroyed');
    return hmac(sha256, this.#key, sealPreimage(fields));
  }

  /** Whether `signature` is that of `fields`; compared in constant time. Throws as {@link sign}. */
  verify(fields: SealFields, signature: Uint8Array): boolean {
    return equalBytes(this.sign(fields), signature);
  }

  /** Overwrites the key. Idempotent. */
  destroy(): void {
    this.#key.fill(0);
    this.#destroyed = true;
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }
}
