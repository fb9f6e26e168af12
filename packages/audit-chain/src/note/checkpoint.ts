import { fromBase64, toBase64, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin } from '../identity.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { formatSignature, isSignedBy, parseNote, type SignedNote } from './signed-note.js';

/** What a checkpoint states: the log `origin` had exactly these records. */
export interface Checkpoint {
  readonly origin: string;
  /** Number of records covered. */
  readonly treeSize: number;
  /** RFC 6962 root, 32 bytes. */
  readonly rootHash: Uint8Array;
}

/** The three lines a checkpoint's signature is over (C2SP tlog-checkpoint, without extension lines). */
function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.treeSize}\n${toBase64(checkpoint.rootHash)}\n`;
}

/** The signed note of a checkpoint. */
export function formatCheckpoint(checkpoint: Checkpoint, key: VerifierKey, signature: Uint8Array): string {
  return `${checkpointText(checkpoint)}\n${formatSignature(key, signature)}`;
}

/** The bytes a signer signs for a checkpoint. */
export function checkpointMessage(checkpoint: Checkpoint): Uint8Array {
  return utf8(checkpointText(checkpoint));
}

/** A checkpoint and the note it was read from. */
export interface ParsedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

/**
 * Parses a checkpoint; signatures are not checked.
 *
 * @throws {@link AuditError} `INVALID_NOTE`
 */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  const note = parseNote(text);
  const [origin = '', size = '', root = '', end, ...rest] = note.text.split('\n');
  const rootHash = fromBase64(root);
  const treeSize = Number(size);
  if (
    !isOrigin(origin) ||
    !/^(0|[1-9][0-9]*)$/.test(size) ||
    !Number.isSafeInteger(treeSize) ||
    rootHash?.length !== 32 ||
    end !== '' ||
    rest.length > 0
  ) {
    throw new AuditError(
      'INVALID_NOTE',
      'Expected a checkpoint of three lines: origin, tree size, root hash',
    );
  }
  return { origin, treeSize, rootHash, note };
}

/**
 * Parses a checkpoint and checks that it is one of the log whose key is given.
 *
 * @throws {@link AuditError} `INVALID_NOTE` if it does not parse, has another origin, or has no valid signature
 */
export function openCheckpoint(text: string, key: VerifierKey): ParsedCheckpoint {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== key.origin) {
    throw new AuditError('INVALID_NOTE', 'The checkpoint is of another log: its origin differs');
  }
  if (!isSignedBy(checkpoint.note, key)) {
    throw new AuditError('INVALID_NOTE', 'The checkpoint carries no valid signature of the log');
  }
  return checkpoint;
}
