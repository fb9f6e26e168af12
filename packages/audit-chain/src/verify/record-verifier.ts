import { equalBytes, fromHex, toHex } from '../bytes.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import type { LogIdentity } from '../identity.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { CompactTree, frontierLength } from '../merkle/compact-tree.js';
import { parseCheckpoint } from '../note/checkpoint.js';
import { isSignedBy } from '../note/signed-note.js';
import { decodeRecord } from '../record/decode.js';
import { recordBody } from '../record/encode.js';
import { type LogRecord, ZERO_HASH } from '../record/record.js';
import type { EpochKeyChain } from './epoch-key-chain.js';
import type { Line } from './line-reader.js';
import type { DefectList, DefectReason } from './verdict.js';

/** Most `segments_pruned` records that are remembered until a checkpoint covers them. */
const MAX_PRUNINGS = 10_000;
const MAX_EVENT_TYPES = 4096;

export interface RecordVerifierParts {
  readonly hashes: HashProvider;
  readonly keys: EpochKeyChain | undefined;
  readonly identity: Partial<LogIdentity>;
  readonly givenKey: VerifierKey | undefined;
  readonly defects: DefectList;
  /** Tree sizes whose roots are wanted, for anchors. */
  readonly wantedSizes: ReadonlySet<number>;
}

interface Place {
  readonly segment: string;
  readonly line: number;
}

/** Verifies records one after another, in the order of checks of the format page, section 7. */
export class RecordVerifier {
  readonly #parts: RecordVerifierParts;
  #tree: CompactTree;
  #count: number | undefined;
  #last: LogRecord | undefined;
  #prev: string | undefined;
  #epoch = 0;
  /** Whether the line before was malformed. */
  #broken = false;
  #identity: Partial<LogIdentity>;
  #key: VerifierKey | undefined;
  #place: Place = { segment: '', line: 0 };
  readonly roots: Map<number, Uint8Array> = new Map();
  readonly events: Map<string, number> = new Map();
  readonly prunings: { readonly seq: number; readonly lastSeq: number }[] = [];
  records = 0;
  checkpoints = 0;
  macsFailed = 0;
  firstSeq: number | undefined;
  firstTimestamp: string | undefined;
  /** Every record before this sequence number is covered by a checkpoint that verifies. */
  covered = 0;
  lastIsValidCheckpoint = false;
  closed = false;

  constructor(parts: RecordVerifierParts) {
    this.#parts = parts;
    this.#tree = new CompactTree(parts.hashes);
    const { vkey } = parts.identity;
    this.#key = parts.givenKey ?? (vkey === undefined ? undefined : parseVerifierKey(vkey));
    const origin = parts.identity.origin ?? this.#key?.origin;
    this.#identity = origin === undefined ? parts.identity : { ...parts.identity, origin };
  }

  get last(): LogRecord | undefined {
    return this.#last;
  }

  get tree(): CompactTree {
    return this.#tree;
  }

  get origin(): string | undefined {
    return this.#identity.origin;
  }

  /** The key that checkpoints are judged by: the given one, else the log's own. */
  get key(): VerifierKey | undefined {
    return this.#key;
  }

  /** A segment begins: its number must be the sequence number that comes next. */
  beginSegment(name: string, firstSeq: number): void {
    this.#place = { segment: name, line: 1 };
    this.#count ??= firstSeq;
    if (firstSeq !== this.#count) {
      this.#defect('MISSING_SEGMENT', firstSeq, `Expected a segment that begins with record ${this.#count}`);
    }
  }

  /** A line that is no record: counts as one, its bytes as a leaf. */
  malformed(place: Place, line: Line, detail: string): void {
    this.#place = place;
    this.#defect('MALFORMED_RECORD', null, `Not a record: ${detail}`);
    this.#append(line.leaf ?? leafHash(this.#parts.hashes, line.bytes as Uint8Array));
    this.#count = (this.#count ?? 0) + 1;
    this.#broken = true;
    this.lastIsValidCheckpoint = false;
    this.closed = false;
  }

  /** A line that ends with LF. */
  line(place: Place, line: Line, segmentFirstSeq: number): void {
    if (line.bytes === undefined) {
      this.malformed(place, line, 'the line is longer than any record');
      return;
    }
    const decoded = decodeRecord(line.bytes);
    const defect = decoded.defect ?? this.#misplacement(decoded.record, place, segmentFirstSeq);
    if (defect !== undefined) this.malformed(place, line, defect);
    else this.#verify(decoded.record as LogRecord, line.bytes, place, segmentFirstSeq);
  }

  /** Why a record cannot stand where it does. */
  #misplacement(record: LogRecord, place: Place, segmentFirstSeq: number): string | undefined {
    if (place.line === 1 && record.seq !== segmentFirstSeq) {
      return 'the first record has another seq than its segment’s name';
    }
    const isFirst = this.#last === undefined;
    return isFirst && record.seq === 0 && record.eventType !== 'log_opened'
      ? 'record 0 is not log_opened'
      : undefined;
  }

  #verify(record: LogRecord, bytes: Uint8Array, place: Place, segmentFirstSeq: number): void {
    const startsSegment = place.line === 1;
    const isFirst = this.#last === undefined;
    this.#place = place;
    const resumed = isFirst && record.seq > 0 && this.#startFromFrontier(record);
    this.#checkChain(record, resumed);
    this.#checkEpoch(record, isFirst);
    if (this.#last !== undefined && record.timestamp < this.#last.timestamp) {
      this.#defect('TIMESTAMP_REGRESSION', record.seq, 'The time is before that of the record before');
    }
    this.#checkIdentity(record);
    this.#checkMac(record, bytes);
    if (!isFirst) this.#checkSegmentStart(record, startsSegment, segmentFirstSeq);
    else if (record.eventType === 'segment_opened' && !startsSegment) {
      this.#defect('FRONTIER_MISMATCH', record.seq, 'segment_opened stands inside a segment');
    }
    const covers = record.eventType === 'checkpoint' && this.#checkCheckpoint(record);
    this.#accept(record, bytes, covers);
  }

  /** The root at the size the tree has at the end, if an anchor wants it. */
  end(): void {
    this.#keepRoot();
  }

  #accept(record: LogRecord, bytes: Uint8Array, covers: boolean): void {
    const leaf = leafHash(this.#parts.hashes, bytes);
    this.#append(leaf);
    this.#count = record.seq + 1;
    this.closed = record.eventType === 'log_closed' || (this.closed && covers);
    this.#last = record;
    this.#broken = false;
    this.lastIsValidCheckpoint = covers;
    this.records++;
    this.firstSeq ??= record.seq;
    this.firstTimestamp ??= record.timestamp;
    if (record.eventType === 'checkpoint') this.checkpoints++;
    if (this.events.has(record.eventType) || this.events.size < MAX_EVENT_TYPES) {
      this.events.set(record.eventType, (this.events.get(record.eventType) ?? 0) + 1);
    }
    const lastSeq = record.members['last_seq'];
    if (
      record.eventType === 'segments_pruned' &&
      typeof lastSeq === 'number' &&
      this.prunings.length < MAX_PRUNINGS
    ) {
      this.prunings.push({ seq: record.seq, lastSeq });
    }
  }

  #append(leaf: Uint8Array): void {
    this.#keepRoot();
    this.#tree.append(leaf);
    this.#prev = toHex(leaf);
  }

  #keepRoot(): void {
    const { size } = this.#tree;
    if (this.#parts.wantedSizes.has(size)) this.roots.set(size, this.#tree.root());
  }

  /** The first record of a pruned log carries the tree of what went before. */
  #startFromFrontier(record: LogRecord): boolean {
    const { frontier } = record.members;
    const roots = Array.isArray(frontier)
      ? frontier.map((root) => (typeof root === 'string' ? fromHex(root, 32) : undefined))
      : [];
    const fits =
      record.eventType === 'segment_opened' &&
      roots.length === frontierLength(record.seq) &&
      roots.every((root) => root !== undefined);
    if (fits) {
      this.#tree = CompactTree.fromFrontier(this.#parts.hashes, record.seq, roots as Uint8Array[]);
    } else {
      this.#defect('FRONTIER_MISMATCH', record.seq, 'The input does not begin with record 0 or a frontier');
    }
    return fits;
  }

  #checkChain(record: LogRecord, resumed: boolean): void {
    if (this.#count !== undefined && record.seq !== this.#count) {
      this.#defect('SEQUENCE_GAP', record.seq, `Expected record ${this.#count}`);
      this.#broken = true;
    }
    if (resumed) return;
    const expected = this.#prev ?? (record.seq === 0 ? ZERO_HASH : record.prev);
    if (record.prev !== expected) {
      this.#defect('PREV_MISMATCH', record.seq, 'prev is not the hash of the line before');
    }
  }

  #checkEpoch(record: LogRecord, isFirst: boolean): void {
    if (isFirst && record.seq > 0) {
      this.#epoch = record.epoch;
      return;
    }
    const opens = record.eventType === 'log_opened' && record.seq > 0 ? 1 : 0;
    const determined = isFirst ? 0 : this.#epoch + (this.#last?.eventType === 'checkpoint' ? 1 : 0) + opens;
    if (record.epoch < determined) {
      this.#defect('EPOCH_REGRESSION', record.seq, `Expected epoch ${determined}`);
    } else if (record.epoch > determined && !this.#broken) {
      this.#defect('EPOCH_JUMP', record.seq, `Expected epoch ${determined}`);
    }
    this.#epoch = Math.max(record.epoch, determined);
  }

  #checkIdentity(record: LogRecord): void {
    const known = this.#identity;
    let matches = known.workerId === undefined || record.workerId === known.workerId;
    const found: { -readonly [Name in keyof LogIdentity]?: LogIdentity[Name] } = { ...known };
    found.workerId ??= record.workerId;
    if (record.eventType === 'log_opened') {
      const { origin, vkey } = record.members;
      const text = (value: unknown): string => (typeof value === 'string' ? value : '');
      matches &&= known.origin === undefined || origin === known.origin;
      matches &&= known.vkey === undefined || vkey === known.vkey;
      matches &&= this.#key === undefined || isSameKey(text(vkey), this.#key);
      found.origin ??= text(origin);
      if (this.#key === undefined) this.#adoptKey(text(vkey));
    }
    this.#identity = found;
    if (!matches)
      this.#defect('IDENTITY_MISMATCH', record.seq, 'The record is of another worker, log or key');
  }

  #adoptKey(vkey: string): void {
    try {
      this.#key = parseVerifierKey(vkey);
    } catch {
      this.#defect('IDENTITY_MISMATCH', null, 'log_opened holds no verifier key');
    }
  }

  #checkMac(record: LogRecord, bytes: Uint8Array): void {
    const { keys } = this.#parts;
    if (keys === undefined) return;
    const key = keys.at(record.epoch);
    if (key !== undefined && toHex(key.mac(recordBody(bytes))) === record.mac) return;
    this.macsFailed++;
    this.#defect('MAC_MISMATCH', record.seq, 'The MAC is not that of the log’s key');
  }

  #checkSegmentStart(record: LogRecord, startsSegment: boolean, segmentFirstSeq: number): void {
    const opens = record.eventType === 'segment_opened';
    if (opens !== (startsSegment && segmentFirstSeq > 0)) {
      const detail = opens
        ? 'segment_opened stands inside a segment'
        : 'The segment does not begin with segment_opened';
      this.#defect('FRONTIER_MISMATCH', record.seq, detail);
      return;
    }
    if (!opens) return;
    const { frontier } = record.members;
    const expected = this.#tree.frontier.map(toHex);
    const same =
      Array.isArray(frontier) &&
      frontier.length === expected.length &&
      expected.every((root, i) => root === frontier[i]);
    if (!same)
      this.#defect('FRONTIER_MISMATCH', record.seq, 'The frontier is not that of the records before');
  }

  /** Whether the checkpoint is signed by the log's key and states these very records. */
  #checkCheckpoint(record: LogRecord): boolean {
    const { note, tree_size: treeSize } = record.members;
    let checkpoint: ReturnType<typeof parseCheckpoint>;
    try {
      checkpoint = parseCheckpoint(typeof note === 'string' ? note : '');
    } catch {
      this.#defect('SIGNATURE_INVALID', record.seq, 'The note is no checkpoint');
      return false;
    }
    this.#identity = { ...this.#identity, origin: this.#identity.origin ?? checkpoint.origin };
    const key = this.#key;
    if (
      checkpoint.origin !== this.#identity.origin ||
      key === undefined ||
      !isSignedBy(checkpoint.note, key)
    ) {
      this.#defect('SIGNATURE_INVALID', record.seq, 'The note is of another log or not signed by its key');
      return false;
    }
    const matches =
      treeSize === record.seq &&
      checkpoint.treeSize === record.seq &&
      this.#tree.size === record.seq &&
      equalBytes(checkpoint.rootHash, this.#tree.root());
    if (matches) this.covered = record.seq;
    else this.#defect('CHECKPOINT_MISMATCH', record.seq, 'The checkpoint states other records than these');
    return matches;
  }

  #defect(reason: DefectReason, seq: number | null, detail: string): void {
    this.#parts.defects.add({ reason, ...this.#place, seq, detail });
  }
}

function isSameKey(vkey: string, key: VerifierKey): boolean {
  try {
    const found = parseVerifierKey(vkey);
    return found.origin === key.origin && equalBytes(found.publicKey, key.publicKey);
  } catch {
    return false;
  }
}
