import { equalBytes, fromUtf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { type Checkpoint, openCheckpoint } from '../note/checkpoint.js';
import type { LogSource } from '../source/log-source.js';
import type { DefectList } from './defect-list.js';
import type { RecordVerifier } from './record-verifier.js';

/** Checkpoints that were not read from the records, to compare the records with. */
export interface Anchors {
  /** That of the file `checkpoint`; `undefined` if there is none or it does not carry a valid signature. */
  readonly file: Checkpoint | undefined;
  /** Whether there is a file `checkpoint` that carries no valid signature of the log. */
  readonly fileIsInvalid: boolean;
  readonly given: readonly Checkpoint[];
}

/** @throws {@link AuditError} `INVALID_NOTE` or `INVALID_KEY` if a given anchor cannot be used */
export async function readAnchors(
  source: LogSource,
  given: readonly string[],
  key: VerifierKey | undefined,
): Promise<Anchors> {
  const bytes = await source.checkpoint();
  const file = bytes === undefined ? undefined : openFile(bytes, key);
  return {
    file,
    fileIsInvalid: bytes !== undefined && file === undefined,
    given: given.map((text) => openGiven(text, key)),
  };
}

function openFile(bytes: Uint8Array, key: VerifierKey | undefined): Checkpoint | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined || key === undefined) return undefined;
  try {
    return openCheckpoint(text, key);
  } catch {
    return undefined; // told as CHECKPOINT_FILE_INVALID
  }
}

function openGiven(text: string, key: VerifierKey | undefined): Checkpoint {
  if (key === undefined) {
    throw new AuditError('INVALID_KEY', 'An anchor needs a verifier key, and the log names none: give one');
  }
  return openCheckpoint(text, key);
}

/** All anchors, that of the file first. */
export function allAnchors({ file, given }: Anchors): readonly Checkpoint[] {
  return file === undefined ? given : [file, ...given];
}

/** Compares the records with an anchor; returns the size up to which it covers them. */
export function judgeAnchor(anchor: Checkpoint, verifier: RecordVerifier, defects: DefectList): number {
  const { first, last } = verifier.tally;
  const size = last === undefined ? 0 : last.seq + 1;
  const root = verifier.tree.rootAt(anchor.treeSize);
  if (size < anchor.treeSize) {
    defects.addWhole(
      'ROLLED_BACK',
      `A checkpoint covers ${anchor.treeSize} records, the log ends after ${size}`,
    );
  } else if (root !== undefined && !equalBytes(root, anchor.rootHash)) {
    defects.addWhole('FORKED', `A checkpoint states another tree of ${anchor.treeSize} records`);
  } else if (anchor.treeSize < (first?.seq ?? 0)) {
    defects.addWhole(
      'ANCHOR_TOO_OLD',
      `A checkpoint of ${anchor.treeSize} records is older than the first record`,
    );
  } else if (root !== undefined) {
    return anchor.treeSize;
  }
  return 0;
}
