import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { assertBytes, describe, equalBytes } from './bytes.js';
import { SEAL_FORMAT, sealPreimage } from './preimage.js';
import { SealError } from './seal-error.js';
import { assertWorkerId, type SealFields } from './seal-fields.js';
import { isWellFormed, utf8 } from './text.js';
import { Uncloneable } from './uncloneable.js';

/** Shortest token of a worker in bytes. */
export const MIN_TOKEN_BYTES = 16;

const KEY_BYTES = 32;
const PRINTED = 'SealKey [secret]';

/**
 * The key that a worker signs its seals with: HKDF-SHA256 (RFC 5869) of the worker's token. It stays inside:
 * no property holds it, and it is not printed, serialised or cloned. `destroy()` overwrites it.
 */
export class SealKey extends Uncloneable {
  static {
    // Node's util.inspect and console look for this symbol, which exists without Node.
    Object.defineProperty(SealKey.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => PRINTED,
    });
  }

  readonly #key: Uint8Array;
  readonly #workerId: string;
  #destroyed = false;

  private constructor(key: Uint8Array, workerId: string) {
    super();
    this.#key = key;
    this.#workerId = workerId;
    Object.freeze(this);
  }

  /**
   * @param token The worker's credential, at least 16 bytes (a string counts in UTF-8). It is neither kept
   *   nor changed.
   * @throws SealError `TOKEN_TOO_SHORT`.
   * @throws TypeError if the token is neither string nor Uint8Array, or has unpaired surrogates; if
   *   `workerId` is no string.
   * @throws RangeError if `workerId` is not `[A-Za-z0-9._:-]{1,128}`.
   */
  static derive(token: string | Uint8Array, workerId: string): SealKey {
    assertWorkerId(workerId);
    const bytes = tokenBytes(token);
    try {
      if (bytes.length < MIN_TOKEN_BYTES) {
        throw new SealError('TOKEN_TOO_SHORT', `The worker's token has fewer than ${MIN_TOKEN_BYTES} bytes`);
      }
      return new SealKey(hkdf(sha256, bytes, utf8(SEAL_FORMAT), utf8(workerId), KEY_BYTES), workerId);
    } finally {
      bytes.fill(0);
    }
  }

  /** Whether the key has been overwritten. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /**
   * The signature of a seal, 32 bytes: HMAC-SHA256 (RFC 2104) of its preimage.
   *
   * @throws SealError `MALFORMED_SEAL`, `KEY_DESTROYED`.
   * @throws RangeError if the seal is another worker's.
   */
  sign(fields: SealFields): Uint8Array {
    const signature = this.#mac(fields);
    if (fields.workerId !== this.#workerId) {
      throw new RangeError('Expected workerId to be the one that the seal key was derived for');
    }
    return signature;
  }

  /**
   * Whether a signature is the one of these fields under this key, compared in constant time. False for
   * another worker's seal and for a signature of any other length.
   *
   * @throws SealError `MALFORMED_SEAL`, `KEY_DESTROYED`.
   * @throws TypeError if the signature is not a Uint8Array.
   */
  verify(fields: SealFields, signature: Uint8Array): boolean {
    assertBytes(signature, 'signature');
    const expected = this.#mac(fields);
    try {
      return equalBytes(expected, signature);
    } finally {
      expected.fill(0);
    }
  }

  /** Overwrites the key. Idempotent. */
  destroy(): void {
    this.#key.fill(0);
    this.#destroyed = true;
  }

  override toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  #mac(fields: SealFields): Uint8Array {
    if (this.#destroyed) throw new SealError('KEY_DESTROYED', 'The seal key has been destroyed');
    return hmac(sha256, this.#key, sealPreimage(fields));
  }
}

/** A copy of the token that may be overwritten. */
function tokenBytes(token: unknown): Uint8Array {
  if (token instanceof Uint8Array) return Uint8Array.from(token);
  if (typeof token !== 'string') {
    throw new TypeError(`Expected the token to be a string or a Uint8Array but received ${describe(token)}`);
  }
  if (!isWellFormed(token)) throw new TypeError('Expected the token to have no unpaired surrogates');
  return utf8(token);
}
