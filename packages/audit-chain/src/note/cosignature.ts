import { concatBytes, toBase64, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { type CosignerKey, isOfCosigner, parseCosignerKey } from '../keys/cosigner-key.js';
import { isSignature, parseNote, type SignedNote } from './signed-note.js';

const TIMESTAMP_BYTES = 8;
/** 2^63 − 1, the largest time that a cosignature may state. */
const MAX_TIMESTAMP = 0x7fff_ffff_ffff_ffffn;

/**
 * A witness's statement (C2SP tlog-cosignature): at that time, this was the largest tree of the log that it had seen,
 * and it was consistent with every one before.
 */
export interface Cosignature {
  /** The witness's name. */
  readonly name: string;
  /** By the witness's clock, in seconds since 1970. */
  readonly timestamp: bigint;
}

/** What a witness signs: `cosignature/v1`, the time, and the text of the checkpoint. */
export function cosignatureMessage(noteText: string, timestamp: bigint): Uint8Array {
  return utf8(`cosignature/v1\ntime ${timestamp}\n${noteText}`);
}

/** The line a cosignature is in a note, with its LF. */
export function formatCosignature(key: CosignerKey, timestamp: bigint, signature: Uint8Array): string {
  const time = new Uint8Array(TIMESTAMP_BYTES);
  new DataView(time.buffer).setBigUint64(0, timestamp);
  return `\u2014 ${key.name} ${toBase64(concatBytes(key.keyId, time, signature))}\n`;
}

/**
 * Checks that a checkpoint carries a cosignature of the witness; signatures of others are ignored, that of the log too.
 *
 * @param checkpoint a signed note as text
 * @param vkey the witness's C2SP verifier key, from someone you trust
 * @throws {@link AuditError} `INVALID_NOTE` if there is none or it is not valid; `INVALID_KEY`
 */
export function verifyCosignature(checkpoint: string, vkey: string): Cosignature {
  const key = parseCosignerKey(vkey);
  const cosignature = cosignatureOf(parseNote(checkpoint), key);
  if (cosignature === undefined) {
    throw new AuditError('INVALID_NOTE', 'The checkpoint carries no valid cosignature of the witness');
  }
  return cosignature;
}

/** The witness's cosignature; as in Go's note package the first one of its key decides. */
export function cosignatureOf({ text, signatures }: SignedNote, key: CosignerKey): Cosignature | undefined {
  const own = signatures.find((line) => isOfCosigner(line, key))?.signature;
  if (own === undefined || own.length < TIMESTAMP_BYTES) return undefined;
  const timestamp = new DataView(own.buffer, own.byteOffset).getBigUint64(0);
  const message = cosignatureMessage(text, timestamp);
  const isValid =
    timestamp <= MAX_TIMESTAMP && isSignature(key.publicKey, message, own.subarray(TIMESTAMP_BYTES));
  return isValid ? { name: key.name, timestamp } : undefined;
}
