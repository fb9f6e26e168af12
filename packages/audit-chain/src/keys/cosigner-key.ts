import { concatBytes, equalBytes, toBase64, toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import { keyIdOf, splitKey } from './verifier-key.js';

/** Signature type of timestamped Ed25519 cosignatures (C2SP signed-note). */
const COSIGNATURE_V1 = 0x04;

/** The key of a witness (C2SP tlog-cosignature): who cosigns checkpoints. */
export interface CosignerKey {
  readonly name: string;
  /** First 4 bytes of SHA-256(name || 0x0A || 0x04 || public key). */
  readonly keyId: Uint8Array;
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export function makeCosignerKey(name: string, publicKey: Uint8Array): CosignerKey {
  return { name, keyId: keyIdOf(name, COSIGNATURE_V1, publicKey), publicKey };
}

/** `<name>+<8 hex of key ID>+<base64(0x04 || public key)>` (C2SP tlog-cosignature). */
export function formatCosignerKey({ name, keyId, publicKey }: CosignerKey): string {
  return `${name}+${toHex(keyId)}+${toBase64(concatBytes(Uint8Array.of(COSIGNATURE_V1), publicKey))}`;
}

/**
 * Reads a witness's verifier key; white space around it is ignored.
 *
 * @throws {@link AuditError} `INVALID_KEY`
 */
export function parseCosignerKey(text: string): CosignerKey {
  const [name, keyId, bytes] = splitKey(text.trim(), 'witness key', COSIGNATURE_V1);
  const key = makeCosignerKey(name, bytes);
  if (toHex(key.keyId) !== keyId) {
    throw new AuditError(
      'INVALID_KEY',
      'The key ID of the witness key does not match its name and public key',
    );
  }
  return key;
}

/** Whether a signature line says that it is of this key. */
export function isOfCosigner(
  line: { readonly name: string; readonly keyId: Uint8Array },
  key: CosignerKey,
): boolean {
  return line.name === key.name && equalBytes(line.keyId, key.keyId);
}
