import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { VerifierKey } from '../keys/verifier-key.js';

/** Most signatures a note may carry, as in Go's note package. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_LENGTH = 1_000_000;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) (\S+)$/u;
/** Every control character but LF, as Go's note package refuses them. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/u;

interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A C2SP signed note: text that ends with LF, and signatures over it. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Parses a signed note (C2SP signed-note); signatures are not checked.
 *
 * @throws {@link AuditError} `INVALID_NOTE`
 */
export function parseNote(note: string): SignedNote {
  const split = note.lastIndexOf('\n\n');
  if (note.length > MAX_NOTE_LENGTH || CONTROL.test(note) || split < 0 || !note.endsWith('\n')) {
    throw malformed('text, an empty line, and signature lines');
  }
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`at most ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (name === '' || bytes === undefined || bytes.length < 5) {
    throw malformed('signature lines of the form — <name> <base64>');
  }
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** The line a signature is in a note, with its LF. */
export function formatSignature(key: VerifierKey, signature: Uint8Array): string {
  return `\u2014 ${key.origin} ${toBase64(concatBytes(key.keyId, signature))}\n`;
}

/**
 * Whether `note` carries a valid signature of `key`. As in Go's note package, the first signature of the key
 * decides and signatures of unknown keys are ignored.
 */
export function isSignedBy(note: SignedNote, key: VerifierKey): boolean {
  const own = note.signatures.find(({ name, keyId }) => name === key.origin && equalBytes(keyId, key.keyId));
  return own !== undefined && isSignature(key.publicKey, utf8(note.text), own.signature);
}

/** Whether `signature` is an Ed25519 signature (RFC 8032) of `message`; malformed input is no signature. */
export function isSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // noble throws where the public key is not a point of the curve
  }
}

function malformed(expected: string): AuditError {
  return new AuditError('INVALID_NOTE', `Expected a signed note: ${expected}`);
}
