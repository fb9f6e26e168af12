import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, fromBase64, fromHex, toBase64, toHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin } from '../identity.js';

/** Signature type of a log's own key (C2SP signed-note). */
const ED25519 = 0x01;

/** A C2SP signed-note verifier key: who signs a log's checkpoints. */
export interface VerifierKey {
  /** The log's origin, which is the key's name. */
  readonly origin: string;
  /** First 4 bytes of SHA-256(origin || 0x0A || 0x01 || public key). */
  readonly keyId: Uint8Array;
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export function makeVerifierKey(origin: string, publicKey: Uint8Array): VerifierKey {
  return { origin, keyId: keyIdOf(origin, ED25519, publicKey), publicKey };
}

/** First 4 bytes of SHA-256(name || 0x0A || signature type || public key) (C2SP signed-note). */
export function keyIdOf(name: string, signatureType: number, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(name), Uint8Array.of(0x0a, signatureType), publicKey)).slice(0, 4);
}

/** `<origin>+<8 hex of key ID>+<base64(0x01 || public key)>` (C2SP signed-note). */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.origin}+${toHex(key.keyId)}+${toBase64(concatBytes(Uint8Array.of(ED25519), key.publicKey))}`;
}

/**
 * Reads a verifier key; white space around it is ignored.
 *
 * @throws {@link AuditError} `INVALID_KEY`
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [origin, keyId, bytes] = splitKey(text.trim(), 'verifier key');
  const key = makeVerifierKey(origin, bytes);
  if (toHex(key.keyId) !== keyId) {
    throw new AuditError(
      'INVALID_KEY',
      'The key ID of the verifier key does not match its origin and public key',
    );
  }
  return key;
}

/** Splits `<name>+<key ID>+<base64(signature type || 32 bytes)>`; shared by all keys as text. */
export function splitKey(
  text: string,
  what: string,
  signatureType: number = ED25519,
): [name: string, keyId: string, bytes: Uint8Array] {
  // Base64 may hold `+`, the name and the key ID cannot: split at the first two.
  const [name = '', keyId = '', ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  const isKey = bytes?.length === 33 && bytes[0] === signatureType;
  if (!isOrigin(name) || fromHex(keyId, 4) === undefined || !isKey) {
    throw new AuditError('INVALID_KEY', `Expected a ${what} <origin>+<8 hex>+<base64 of an Ed25519 key>`);
  }
  return [name, keyId, bytes.slice(1)];
}
