import { equalBytes } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import type { LogIdentity } from '../identity.js';
import { determinedEpoch } from '../keys/determined-epoch.js';
import { epochMacKey } from '../keys/epoch-keys.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { openCheckpoint, type ParsedCheckpoint } from '../note/checkpoint.js';
import { segmentName } from '../segment-name.js';
import { CHECKPOINT_FILE } from '../source/log-source.js';
import { type FileTask, readFile } from './file-operation.js';
import type { KeyState } from './key-state.js';
import { listSegments } from './log-directory.js';
import { type ChainPosition, startOfChain } from './record-chain.js';
import { coversLater, type ScanKeys, type SegmentScan, scanSegment } from './segment-scan.js';

/** Larger segments are not read into memory; the writer closes them at 64 MiB. */
const MAX_SEGMENT_BYTES = 1_073_741_824;
const MAX_CHECKPOINT_BYTES = 1_000_000;

/** What opening an existing log found, and what must be done before it is written again. */
export interface Recovery {
  readonly position: ChainPosition;
  /** The segment that goes on; `undefined` if the log has none yet. */
  readonly segment: OpenSegment | undefined;
  /** Bytes after the last record that verifies, to be kept aside and cut. */
  readonly torn: Uint8Array;
  readonly lacksLf: boolean;
  readonly rootKind: 'random' | 'secret' | undefined;
}

interface OpenSegment {
  readonly firstSeq: number;
  /** The bytes of its records that verify. */
  readonly bytes: Uint8Array;
  /** UTC day of its first record; `undefined` while it has none. */
  readonly day: string | undefined;
}

/**
 * Finds where a log ends (format page, section 6). Reads only; changes nothing.
 *
 * @throws {@link AuditError} `LOG_DAMAGED` for everything that no crash explains
 */
export function* recover(
  directory: string,
  identity: LogIdentity,
  key: KeyState,
  hashes: HashProvider,
): FileTask<Recovery> {
  const macKey = epochMacKey(hashes, key.secret());
  try {
    return yield* recoverWith(directory, { hashes, identity, epoch: key.epoch, macKey });
  } finally {
    macKey.destroy();
  }
}

function* recoverWith(directory: string, keys: ScanKeys): FileTask<Recovery> {
  const segments = yield* listSegments(directory);
  const firstSeq = segments.at(-1);
  let position = startOfChain(keys.hashes);
  let segment: OpenSegment | undefined;
  let torn: Uint8Array = new Uint8Array();
  let scan: SegmentScan | undefined;
  let older = segments.slice(0, -1);
  if (firstSeq !== undefined) {
    const bytes = yield* readSegment(directory, firstSeq);
    scan = scanSegment(bytes, firstSeq, keys);
    torn = bytes.subarray(scan.goodBytes);
    segment = { firstSeq, bytes: bytes.subarray(0, scan.goodBytes), day: scan.day };
    if (scan.position === undefined && firstSeq > 0) {
      scan = yield* scanClosedSegment(directory, older.at(-1), firstSeq, keys);
      older = older.slice(0, -1);
    }
    position = scan.position ?? position;
  }
  const { size } = position.tree;
  yield* checkCheckpoints(directory, scan?.lastNote, size, keys);
  if (torn.length > 0 && coversLater(torn, size, keys.identity)) {
    throw new AuditError('LOG_DAMAGED', `Record ${size} does not verify, but a later checkpoint covers it`);
  }
  checkEpoch(position, keys.epoch);
  const lacksLf = segment?.day !== undefined && (scan?.lacksLf ?? false);
  const rootKind = scan?.rootKind ?? (yield* findRootKind(directory, older, keys));
  return { position, segment, torn, lacksLf, rootKind };
}

/** The end of the chain where the newest segment has no record of its own yet. */
function* scanClosedSegment(
  directory: string,
  firstSeq: number | undefined,
  nextSeq: number,
  keys: ScanKeys,
): FileTask<SegmentScan> {
  if (firstSeq === undefined) throw new AuditError('LOG_DAMAGED', `The segment before ${nextSeq} is missing`);
  const bytes = yield* readSegment(directory, firstSeq);
  const scan = scanSegment(bytes, firstSeq, keys);
  if (scan.goodBytes !== bytes.length || scan.lacksLf || scan.position?.tree.size !== nextSeq) {
    throw new AuditError('LOG_DAMAGED', `${segmentName(firstSeq)} does not verify up to record ${nextSeq}`);
  }
  return scan;
}

function* readSegment(directory: string, firstSeq: number): FileTask<Uint8Array> {
  const content = yield* readFile(`${directory}/${segmentName(firstSeq)}`, MAX_SEGMENT_BYTES);
  if (content === undefined) throw new AuditError('LOG_DAMAGED', `${segmentName(firstSeq)} vanished`);
  return content.bytes;
}

function* checkCheckpoints(
  directory: string,
  lastNote: string | undefined,
  size: number,
  keys: ScanKeys,
): FileTask<void> {
  const last = lastNote === undefined ? undefined : opened(lastNote, 'The last checkpoint record', keys);
  const content = yield* readFile(`${directory}/${CHECKPOINT_FILE}`, MAX_CHECKPOINT_BYTES);
  if (content === undefined) return;
  const file = opened(new TextDecoder().decode(content.bytes), 'The file checkpoint', keys);
  if (file.treeSize > size) {
    throw new AuditError(
      'LOG_DAMAGED',
      `The file checkpoint covers ${file.treeSize} records, the log has ${size}`,
    );
  }
  if (last !== undefined && file.treeSize === last.treeSize && !equalBytes(file.rootHash, last.rootHash)) {
    throw new AuditError('LOG_DAMAGED', 'The file checkpoint states another tree than the log');
  }
}

function opened(note: string, what: string, keys: ScanKeys): ParsedCheckpoint {
  try {
    return openCheckpoint(note, parseVerifierKey(keys.identity.vkey));
  } catch (cause) {
    throw new AuditError('LOG_DAMAGED', `${what} does not verify`, { cause });
  }
}

/** The key on disk may be ahead of the last record by what the next `log_opened` needs, and no further. */
function checkEpoch(position: ChainPosition, epoch: number): void {
  const needed = position.tree.size === 0 ? 0 : determinedEpoch(position, 'log_opened');
  if (epoch < position.epoch || epoch > needed) {
    throw new AuditError(
      'LOG_DAMAGED',
      `key.state is of epoch ${epoch}; expected ${position.epoch} to ${needed} after the last record`,
    );
  }
}

/** Looks for the newest `log_opened` in older segments: each says how the root key was made. */
function* findRootKind(
  directory: string,
  segments: readonly number[],
  keys: ScanKeys,
): FileTask<'random' | 'secret' | undefined> {
  for (const firstSeq of segments.toReversed()) {
    const { rootKind } = scanSegment(yield* readSegment(directory, firstSeq), firstSeq, keys);
    if (rootKind !== undefined) return rootKind;
  }
  return undefined;
}
