import { equalBytes } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import type { LogIdentity } from '../identity.js';
import { determinedEpoch } from '../keys/determined-epoch.js';
import { epochMacKey } from '../keys/epoch-keys.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import type { CompactTree } from '../merkle/compact-tree.js';
import { openCheckpoint, type ParsedCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import { CHECKPOINT_FILE } from '../source/log-source.js';
import { type FileTask, readFile } from './file-operation.js';
import type { KeyState } from './key-state.js';
import { listSegments, type StoredSegment } from './log-directory.js';
import { readStored } from './read-stored.js';
import { type ChainPosition, startOfChain } from './record-chain.js';
import type { OpenSegment } from './segment-file.js';
import {
  isContradictedLater,
  type RootKind,
  rootKindOf,
  type ScanKeys,
  type SegmentScan,
  scanSegment,
} from './segment-scan.js';

const MAX_CHECKPOINT_BYTES = 1_000_000;

/** What opening an existing log found, and what must be done before it is written again. */
export interface Recovery {
  readonly position: ChainPosition;
  /** The segment that goes on; `undefined` if the log has none yet. */
  readonly segment: OpenSegment | undefined;
  /** Bytes at its end that do not verify, to be kept aside and cut. */
  readonly tornBytes: number;
  readonly lacksLf: boolean;
  readonly rootKind: RootKind | undefined;
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
  const checkpoint = yield* readCheckpoint(directory, keys);
  const newestSegment = segments.at(-1);
  if (newestSegment?.compression !== undefined) {
    throw new AuditError('LOG_DAMAGED', `${newestSegment.name} is compressed, but the newest segment`);
  }
  const newest =
    newestSegment &&
    // The file follows its record, which is on disk by then.
    (yield* scanSegment(directory, newestSegment, keys, checkpoint && checkpoint.treeSize + 1));
  const isEmpty = newest !== undefined && newest.position === undefined && newest.firstSeq > 0;
  const last = isEmpty ? yield* scanClosedSegment(directory, segments.at(-2), newest.firstSeq, keys) : newest;
  const position = last?.position ?? startOfChain(keys.hashes);
  const { tree } = position;
  checkCheckpoints(checkpoint, last?.lastNote, tree, keys);
  const lacksLf = newest?.lacksLf ?? false;
  const tornBytes = newest?.restBytes ?? 0;
  const isTorn = newest !== undefined && tornBytes > 0;
  if (isTorn && (yield* isContradictedLater(directory, newest, tree, keys.identity))) {
    throw new AuditError(
      'LOG_DAMAGED',
      `Record ${tree.size} does not verify, but a checkpoint after it covers it, or states another tree of those before it`,
    );
  }
  checkEpoch(position, keys.epoch);
  const rootKind = last?.rootKind ?? (yield* findRootKind(directory, segments, keys));
  const segment = newest && {
    firstSeq: newest.firstSeq,
    sizeBytes: newest.goodBytes,
    hash: newest.hash,
    day: newest.day,
    durableBytes: newest.durableBytes,
  };
  return { position, segment, tornBytes, lacksLf, rootKind };
}

/** The end of the chain where the newest segment has no record of its own yet. */
function* scanClosedSegment(
  directory: string,
  segment: StoredSegment | undefined,
  nextSeq: number,
  keys: ScanKeys,
): FileTask<SegmentScan> {
  if (segment === undefined) throw new AuditError('LOG_DAMAGED', `The segment before ${nextSeq} is missing`);
  const scan = yield* scanSegment(directory, segment, keys);
  if (scan.restBytes > 0 || scan.lacksLf || scan.position?.tree.size !== nextSeq) {
    throw new AuditError('LOG_DAMAGED', `${segment.name} does not verify up to record ${nextSeq}`);
  }
  return scan;
}

/** The file `checkpoint`; `undefined` if there is none. */
function* readCheckpoint(directory: string, keys: ScanKeys): FileTask<ParsedCheckpoint | undefined> {
  const content = yield* readFile(`${directory}/${CHECKPOINT_FILE}`, MAX_CHECKPOINT_BYTES);
  return content && opened(new TextDecoder().decode(content.bytes), 'The file checkpoint', keys);
}

function checkCheckpoints(
  file: ParsedCheckpoint | undefined,
  lastNote: string | undefined,
  tree: CompactTree,
  keys: ScanKeys,
): void {
  const last = lastNote === undefined ? undefined : opened(lastNote, 'The last checkpoint record', keys);
  if (file === undefined) return;
  if (file.treeSize > tree.size) {
    throw new AuditError(
      'LOG_DAMAGED',
      `The file checkpoint covers ${file.treeSize} records, the log has ${tree.size}`,
    );
  }
  // Where the record of the file's checkpoint is torn, nothing but the file knows the tree before it.
  const root = file.treeSize === tree.size ? tree.root() : undefined;
  const stated = file.treeSize === last?.treeSize ? last.rootHash : root;
  if (stated !== undefined && !equalBytes(file.rootHash, stated)) {
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

/**
 * Every `log_opened` says how the root key was made: record 0, or if that was pruned the newest that is left. If none is, a
 * `segments_pruned` says it.
 */
function* findRootKind(
  directory: string,
  segments: readonly StoredSegment[],
  keys: ScanKeys,
): FileTask<RootKind | undefined> {
  const [oldest] = segments;
  if (oldest?.firstSeq === 0) return yield* rootKindOfFirstRecord(directory, oldest);
  for (const segment of segments.slice(0, -1).toReversed()) {
    const { rootKind } = yield* scanSegment(directory, segment, keys);
    if (rootKind !== undefined) return rootKind;
  }
  return undefined;
}

/** Reads no more than its beginning: a long-lived log has many large segments. */
function* rootKindOfFirstRecord(directory: string, segment: StoredSegment): FileTask<RootKind | undefined> {
  let rootKind: RootKind | undefined;
  const lines = new LineReader();
  yield* readStored(directory, segment, (piece) => {
    const [first] = lines.push(piece);
    const record = first?.bytes && decodeRecord(first.bytes).record;
    rootKind = record && rootKindOf(record);
    return false;
  });
  return rootKind;
}
