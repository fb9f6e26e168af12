import { fromBase64, toBase64 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { leafHash } from '../hash/tree-hashes.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { verifyInclusion } from '../merkle/verify-proof.js';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { withoutLf } from '../record/encode.js';
import type { LogRecord } from '../record/record.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF_LENGTH = 2_000_000;

/** Shows that one record is among those that a checkpoint covers, without the others. */
export interface InclusionProof {
  /** The record's sequence number. */
  readonly index: number;
  /** From the leaf's sibling to the child of the root, 32 bytes each. */
  readonly path: readonly Uint8Array[];
  /** The signed note, byte for byte. */
  readonly checkpoint: string;
  /** Bytes that whoever made the proof added; nothing vouches for them. */
  readonly extra?: Uint8Array;
}

/** A proof as text (C2SP tlog-proof); files of it end in `.tlog-proof`. */
export function formatInclusionProof({ index, path, checkpoint, extra }: InclusionProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...path.map(toBase64),
    '',
  ];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/**
 * Reads a proof; nothing in it is checked but its form.
 *
 * @throws {@link AuditError} `INVALID_PROOF`; `INVALID_NOTE` if its checkpoint is none
 */
export function parseInclusionProof(text: string): InclusionProof {
  const split = text.indexOf('\n\n');
  if (text.length > MAX_PROOF_LENGTH || split < 0) throw malformed('a proof, an empty line and a checkpoint');
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw malformed(HEADER);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() as string).slice(6)) : null;
  if (extra === undefined) throw malformed('extra data in base64');
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '') ?? [];
  const index = Number(digits);
  if (!Number.isSafeInteger(index)) throw malformed('index and a number');
  const path = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== 32) throw malformed('hashes in base64');
    return hash;
  });
  const checkpoint = text.slice(split + 2);
  parseCheckpoint(checkpoint);
  return { index, path, checkpoint, ...(extra === null ? {} : { extra }) };
}

/** What a proof has shown. */
export interface ProvenRecord {
  readonly record: LogRecord;
  /** The checkpoint that covers it. */
  readonly checkpoint: Checkpoint;
}

/**
 * Checks that a record is in the log whose key is given.
 *
 * @param line the record's line, with or without its LF
 * @param vkey C2SP verifier key, from someone you trust
 * @throws {@link AuditError} `INVALID_PROOF` if the proof does not hold for this record; `INVALID_NOTE` if its
 *   checkpoint is not one of that log; `INVALID_KEY`
 */
export function verifyRecord(
  proof: InclusionProof,
  line: Uint8Array,
  vkey: string,
  hashes: HashProvider = nobleHashes,
): ProvenRecord {
  const checkpoint = openCheckpoint(proof.checkpoint, parseVerifierKey(vkey));
  const bytes = withoutLf(line);
  const { record } = decodeRecord(bytes);
  if (record?.seq !== proof.index) {
    throw new AuditError('INVALID_PROOF', `Expected a line that is record ${proof.index}`);
  }
  const { treeSize, rootHash } = checkpoint;
  const leaf = leafHash(hashes, bytes);
  verifyInclusion({ index: proof.index, treeSize, leaf, rootHash }, proof.path, hashes);
  return { record, checkpoint };
}

function malformed(expected: string): AuditError {
  return new AuditError('INVALID_PROOF', `Expected a proof of the form of C2SP tlog-proof: ${expected}`);
}
