import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider, MacKey } from '../hash/hash-provider.js';

const SALT = utf8('vram-residency/audit/v1');
const NEXT_EPOCH = utf8('vram-residency/audit/v1/next-epoch');
const MAC_KEY = utf8('vram-residency/audit/v1/mac-key');
const MIN_SECRET_BYTES = 16;

/**
 * E[0] of a log whose root is derived from a secret (format page, section 3): HKDF-SHA256 (RFC 5869).
 *
 * @returns 32 bytes
 * @throws {@link AuditError} `INVALID_KEY` if the secret has fewer than 16 bytes
 */
export function deriveRootKey(secret: string | Uint8Array, origin: string): Uint8Array {
  const ikm = typeof secret === 'string' ? utf8(secret) : secret;
  if (ikm.length < MIN_SECRET_BYTES) {
    throw new AuditError('INVALID_KEY', `An audit secret needs at least ${MIN_SECRET_BYTES} bytes`);
  }
  return hkdf(sha256, ikm, SALT, utf8(origin), 32);
}

/**
 * Reads a root key as it is handed out: 64 lower-case hex digits, white space around them ignored.
 *
 * @throws {@link AuditError} `INVALID_KEY`
 */
export function parseRootKey(text: string): Uint8Array {
  const key = fromHex(text.trim(), 32);
  if (key === undefined) throw new AuditError('INVALID_KEY', 'A root key is 64 lower-case hex digits');
  return key;
}

/** E[j+1] from E[j]; nobody can go back. */
export function nextEpochSecret(hashes: HashProvider, secret: Uint8Array): Uint8Array {
  return derive(hashes, secret, NEXT_EPOCH);
}

/** K[j] from E[j], 32 bytes, for the caller to overwrite. */
export function epochMacKeyBytes(hashes: HashProvider, secret: Uint8Array): Uint8Array {
  return derive(hashes, secret, MAC_KEY);
}

/** K[j] from E[j], ready for use. */
export function epochMacKey(hashes: HashProvider, secret: Uint8Array): MacKey {
  const key = epochMacKeyBytes(hashes, secret);
  const prepared = hashes.macKey(key);
  key.fill(0);
  return prepared;
}

function derive(hashes: HashProvider, secret: Uint8Array, label: Uint8Array): Uint8Array {
  const key = hashes.macKey(secret);
  const derived = key.mac(label);
  key.destroy();
  return derived;
}
