import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, toBase64, toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import { makeVerifierKey, splitKey } from './verifier-key.js';

const PREFIX = 'PRIVATE+KEY+';

/** Signs checkpoints. A KMS or HSM fulfils it as well: only the public key need be known here. */
export interface CheckpointSigner {
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature (RFC 8032) over `message`, 64 bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A signer that holds its key in this process. The seed is neither enumerable nor printed. */
export class LocalSigner implements CheckpointSigner {
  readonly publicKey: Uint8Array;
  readonly #seed: Uint8Array;

  /** @param seed Ed25519 seed, 32 bytes; copied */
  constructor(seed: Uint8Array) {
    if (seed.length !== 32) {
      throw new RangeError(`Expected a seed of 32 bytes but received ${seed.length}`);
    }
    this.#seed = Uint8Array.from(seed);
    this.publicKey = ed25519.getPublicKey(this.#seed);
  }

  sign(message: Uint8Array): Uint8Array {
    return ed25519.sign(message, this.#seed);
  }

  /** `PRIVATE+KEY+<origin>+<8 hex of key ID>+<base64(0x01 || seed)>`, Go's note form. A secret. */
  static format(origin: string, seed: Uint8Array): string {
    const key = makeVerifierKey(origin, ed25519.getPublicKey(seed));
    return `${PREFIX}${origin}+${toHex(key.keyId)}+${toBase64(concatBytes(Uint8Array.of(1), seed))}`;
  }

  /**
   * Reads a signing key of the log `origin`.
   *
   * @throws {@link AuditError} `INVALID_KEY`; the message never holds the key
   */
  static parse(text: string, origin: string): LocalSigner {
    const line = text.endsWith('\n') ? text.slice(0, -1) : text;
    if (!line.startsWith(PREFIX)) throw new AuditError('INVALID_KEY', `A signing key starts with ${PREFIX}`);
    const [name, keyId, seed] = splitKey(line.slice(PREFIX.length), 'signing key');
    const signer = new LocalSigner(seed);
    seed.fill(0);
    const key = makeVerifierKey(name, signer.publicKey);
    if (name !== origin || toHex(key.keyId) !== keyId) {
      throw new AuditError('INVALID_KEY', 'The signing key belongs to another log or its key ID is wrong');
    }
    return signer;
  }
}
