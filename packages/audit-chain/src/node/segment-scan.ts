import { createHash, type Hash } from 'node:crypto';
import { equalBytes, toHex } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider, MacKey } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import type { LogIdentity } from '../identity.js';
import { determinedEpoch } from '../keys/determined-epoch.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { CompactTree, frontierLength } from '../merkle/compact-tree.js';
import { openCheckpoint, parseCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { recordBody } from '../record/encode.js';
import type { LogRecord } from '../record/record.js';
import { segmentName } from '../segment-name.js';
import { type Line, LineReader } from '../source/line-reader.js';
import { frontierOf } from '../verify/record-tree.js';
import type { FileTask } from './file-operation.js';
import type { StoredSegment } from './log-directory.js';
import { readPieces } from './read-pieces.js';
import { readStored } from './read-stored.js';
import { type ChainPosition, startOfChain } from './record-chain.js';

const LF = Uint8Array.of(0x0a);

/** How far a segment verifies. */
export interface SegmentScan {
  readonly firstSeq: number;
  /** Where the chain stands after the last record that verifies; `undefined` if the segment has none. */
  readonly position: ChainPosition | undefined;
  /** Bytes of the records that verify, a missing last LF not counted. */
  readonly goodBytes: number;
  /** Bytes after them. */
  readonly restBytes: number;
  /** Bytes that are on disk for certain: what the caller knows of. */
  readonly durableBytes: number;
  /** SHA-256 of the bytes of the records that verify. */
  readonly hash: Hash;
  /** Whether the last record that verifies lacks only its LF. */
  readonly lacksLf: boolean;
  /** UTC day of the first record, `YYYY-MM-DD`. */
  readonly day: string | undefined;
  /** Note of the last checkpoint record that verifies. */
  readonly lastNote: string | undefined;
  /** What its records say last of how the root key was made. */
  readonly rootKind: RootKind | undefined;
}

/** How a log's root key was made. */
export type RootKind = 'random' | 'secret';

/** What records are verified against while a log is opened. */
export interface ScanKeys {
  readonly hashes: HashProvider;
  readonly identity: LogIdentity;
  /** The epoch whose key is on disk, and its MAC key. */
  readonly epoch: number;
  readonly macKey: MacKey;
}

/**
 * Verifies the records of one segment with what the writer has: chain, tree, checkpoints' roots, and the MACs
 * of the current epoch. Stops at the first line that does not verify. Streams.
 *
 * @param durableSize number of the log's records that are on disk for certain, if that is known
 * @throws {@link AuditError} `LOG_DAMAGED` if a sound record belongs to an epoch after the key on disk
 */
export function* scanSegment(
  directory: string,
  segment: StoredSegment,
  keys: ScanKeys,
  durableSize?: number,
): FileTask<SegmentScan> {
  const scanner = new SegmentScanner(segment.firstSeq, keys, durableSize);
  const sizeBytes = yield* readStored(directory, segment, (piece) => scanner.push(piece));
  return scanner.end(sizeBytes);
}

class SegmentScanner {
  readonly #firstSeq: number;
  readonly #keys: ScanKeys;
  readonly #durableSize: number | undefined;
  readonly #lines = new LineReader();
  readonly #hash = createHash('sha256');
  #isBroken = false;
  #position: ChainPosition | undefined;
  #goodBytes = 0;
  #durableBytes = 0;
  #day: string | undefined;
  #lastNote: string | undefined;
  #rootKind: RootKind | undefined;

  constructor(firstSeq: number, keys: ScanKeys, durableSize: number | undefined) {
    this.#firstSeq = firstSeq;
    this.#keys = keys;
    this.#durableSize = durableSize;
  }

  /** Returns whether all lines so far verify. */
  push(piece: Uint8Array): boolean {
    for (const { bytes } of this.#lines.push(piece)) {
      if (bytes === undefined || !this.#accept(bytes)) {
        this.#isBroken = true;
        return false;
      }
      this.#hash.update(LF);
      this.#goodBytes++;
      if (this.#position?.tree.size === this.#durableSize) this.#durableBytes = this.#goodBytes;
    }
    return true;
  }

  end(sizeBytes: number): SegmentScan {
    const rest = this.#isBroken ? undefined : this.#lines.rest()?.bytes;
    const lacksLf = rest !== undefined && this.#accept(rest);
    return {
      firstSeq: this.#firstSeq,
      position: this.#position,
      goodBytes: this.#goodBytes,
      durableBytes: this.#durableBytes,
      restBytes: sizeBytes - this.#goodBytes,
      hash: this.#hash,
      lacksLf,
      day: this.#day,
      lastNote: this.#lastNote,
      rootKind: this.#rootKind,
    };
  }

  /** Takes a line in, without its LF, if it verifies. */
  #accept(line: Uint8Array): boolean {
    const { hashes } = this.#keys;
    const { record } = decodeRecord(line);
    const before = record && (this.#position ?? positionBefore(record, this.#firstSeq, hashes));
    if (record === undefined || before === undefined || !verifies(record, line, before, this.#keys))
      return false;
    this.#position = advance(record, line, before, hashes);
    this.#day ??= record.timestamp.slice(0, 10);
    if (record.eventType === 'checkpoint') this.#lastNote = String(record.members['note']);
    this.#rootKind = rootKindOf(record) ?? this.#rootKind;
    this.#hash.update(line);
    this.#goodBytes += line.length;
    return true;
  }
}

/** What a `log_opened` says of the root key, or a `segments_pruned` with which the last of them went. */
export function rootKindOf({ eventType, members }: LogRecord): RootKind | undefined {
  const { root_kind: rootKind } = members;
  if (eventType === 'segments_pruned' && rootKind === undefined) return undefined;
  if (eventType !== 'log_opened' && eventType !== 'segments_pruned') return undefined;
  return rootKind === 'secret' ? 'secret' : 'random';
}

/** The position a segment's first record starts from: nothing, or what its frontier says. */
function positionBefore(
  record: LogRecord,
  firstSeq: number,
  hashes: HashProvider,
): ChainPosition | undefined {
  if (firstSeq === 0) return startOfChain(hashes);
  const frontier = record.seq === firstSeq ? frontierOf(record) : undefined;
  if (frontier?.length !== frontierLength(firstSeq)) return undefined;
  const tree = CompactTree.fromFrontier(hashes, firstSeq, frontier);
  const { prev, timestamp, epoch } = record;
  return { prev, timestamp, epoch, lastIsCheckpoint: false, tree };
}

function verifies(record: LogRecord, line: Uint8Array, before: ChainPosition, keys: ScanKeys): boolean {
  const { tree } = before;
  const epoch = tree.size === 0 ? 0 : determinedEpoch(before, record.eventType);
  const chained =
    record.seq === tree.size &&
    record.prev === before.prev &&
    record.timestamp >= before.timestamp &&
    record.workerId === keys.identity.workerId &&
    record.epoch === epoch;
  if (!chained) return false;
  if (epoch > keys.epoch) {
    throw new AuditError('LOG_DAMAGED', `key.state is of epoch ${keys.epoch}, behind record ${record.seq}`);
  }
  if (epoch === keys.epoch && keys.macKey.macHex(recordBody(line)) !== record.mac) return false;
  return record.eventType !== 'checkpoint' || coversRecordsBefore(record, tree);
}

/** Whether a checkpoint record states this very tree. Signatures are checked once, for the last. */
function coversRecordsBefore(record: LogRecord, tree: CompactTree): boolean {
  try {
    const checkpoint = parseCheckpoint(String(record.members['note']));
    return checkpoint.treeSize === tree.size && equalBytes(checkpoint.rootHash, tree.root());
  } catch {
    return false;
  }
}

function advance(
  record: LogRecord,
  line: Uint8Array,
  before: ChainPosition,
  hashes: HashProvider,
): ChainPosition {
  const leaf = leafHash(hashes, line);
  before.tree.append(leaf);
  const lastIsCheckpoint = record.eventType === 'checkpoint';
  const { timestamp, epoch } = record;
  return { prev: toHex(leaf), timestamp, epoch, lastIsCheckpoint, tree: before.tree };
}

/**
 * Whether a checkpoint that the log's key signed stands after the records that verify, and covers more than these, or
 * states another tree of them.
 */
export function* isContradictedLater(
  directory: string,
  { firstSeq, goodBytes }: SegmentScan,
  tree: CompactTree,
  identity: LogIdentity,
): FileTask<boolean> {
  const key = parseVerifierKey(identity.vkey);
  const lines = new LineReader();
  let contradicts = false;
  const look = ({ bytes }: Line): void => {
    const record = bytes && decodeRecord(bytes).record;
    contradicts ||=
      record?.eventType === 'checkpoint' && isContradicting(String(record.members['note']), tree, key);
  };
  yield* readPieces(`${directory}/${segmentName(firstSeq)}`, goodBytes, (piece) => {
    for (const line of lines.push(piece)) look(line);
    return !contradicts;
  });
  const rest = lines.rest();
  if (rest !== undefined) look(rest);
  return contradicts;
}

function isContradicting(note: string, tree: CompactTree, key: VerifierKey): boolean {
  try {
    const { treeSize, rootHash } = openCheckpoint(note, key);
    return treeSize > tree.size || (treeSize === tree.size && !equalBytes(rootHash, tree.root()));
  } catch {
    return false;
  }
}
