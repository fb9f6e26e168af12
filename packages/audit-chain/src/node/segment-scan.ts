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
import { frontierOf } from '../verify/record-tree.js';
import { type ChainPosition, startOfChain } from './record-chain.js';

const LF = 0x0a;

/** How far a segment verifies. */
export interface SegmentScan {
  /** Where the chain stands after the last record that verifies; `undefined` if the segment has none. */
  readonly position: ChainPosition | undefined;
  /** Bytes of the records that verify, a missing last LF not counted. */
  readonly goodBytes: number;
  /** Whether the last record that verifies lacks only its LF. */
  readonly lacksLf: boolean;
  /** UTC day of the first record, `YYYY-MM-DD`. */
  readonly day: string | undefined;
  /** Note of the last checkpoint record that verifies. */
  readonly lastNote: string | undefined;
  /** `root_kind` of the last `log_opened`. */
  readonly rootKind: 'random' | 'secret' | undefined;
}

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
 * of the current epoch. Stops at the first line that does not verify.
 *
 * @throws {@link AuditError} `LOG_DAMAGED` if a sound record belongs to an epoch after the key on disk
 */
export function scanSegment(bytes: Uint8Array, firstSeq: number, keys: ScanKeys): SegmentScan {
  let position: ChainPosition | undefined;
  let goodBytes = 0;
  let lacksLf = false;
  let day: string | undefined;
  let lastNote: string | undefined;
  let rootKind: SegmentScan['rootKind'];
  while (goodBytes < bytes.length) {
    const lf = bytes.indexOf(LF, goodBytes);
    const line = bytes.subarray(goodBytes, lf < 0 ? bytes.length : lf);
    const record = decodeRecord(line).record;
    const before = record && (position ?? positionBefore(record, firstSeq, keys.hashes));
    if (record === undefined || before === undefined || !verifies(record, line, before, keys)) break;
    position = advance(record, line, before, keys.hashes);
    day ??= record.timestamp.slice(0, 10);
    if (record.eventType === 'checkpoint') lastNote = String(record.members['note']);
    if (record.eventType === 'log_opened') {
      rootKind = record.members['root_kind'] === 'secret' ? 'secret' : 'random';
    }
    lacksLf = lf < 0;
    goodBytes += line.length + (lacksLf ? 0 : 1);
  }
  return { position, goodBytes, lacksLf, day, lastNote, rootKind };
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
  if (epoch === keys.epoch && toHex(keys.macKey.mac(recordBody(line))) !== record.mac) return false;
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

/** Whether any checkpoint record in `rest` that the log's key signed covers the record `seq`. */
export function coversLater(rest: Uint8Array, seq: number, identity: LogIdentity): boolean {
  const key = parseVerifierKey(identity.vkey);
  for (let start = 0; start < rest.length; ) {
    const lf = rest.indexOf(LF, start);
    const end = lf < 0 ? rest.length : lf;
    const record = decodeRecord(rest.subarray(start, end)).record;
    if (record?.eventType === 'checkpoint' && isCovering(String(record.members['note']), seq, key))
      return true;
    start = end + 1;
  }
  return false;
}

function isCovering(note: string, seq: number, key: VerifierKey): boolean {
  try {
    return openCheckpoint(note, key).treeSize > seq;
  } catch {
    return false;
  }
}
