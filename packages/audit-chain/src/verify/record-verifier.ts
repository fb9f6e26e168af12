import type { RecordEngine } from '../engine/record-engine.js';
import type { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { decodeRecord } from '../record/decode.js';
import type { LogRecord } from '../record/record.js';
import type { Line } from '../source/line-reader.js';
import type { SegmentSource } from '../source/log-source.js';
import type { Report } from './defect.js';
import type { DefectList } from './defect-list.js';
import type { EpochKeyChain } from './epoch-key-chain.js';
import type { KnownIdentity } from './log-identity.js';
import { verifyCheckpoint, verifyIdentity, verifyMac } from './record-checks.js';
import { RecordTree } from './record-tree.js';
import { type PlacedRecord, Sequence } from './sequence.js';
import { Tally } from './tally.js';

const HASH_BYTES = 32;

/** What records are verified against. */
export interface RecordVerifierParts {
  readonly hashes: HashProvider;
  /** Hashes the levels of the tree. */
  readonly engine: RecordEngine;
  readonly identity: KnownIdentity;
  readonly givenKey: VerifierKey | undefined;
  /** MAC keys, if a root key is given. */
  readonly keys: EpochKeyChain | undefined;
  readonly defects: DefectList;
  /** Tree sizes of the anchors. */
  readonly wantedSizes: ReadonlySet<number>;
}

/** Verifies a log line by line: the ten steps of the format page, section 7, in their order. */
export class RecordVerifier {
  readonly tally: Tally = new Tally();
  readonly tree: RecordTree;
  readonly sequence: Sequence = new Sequence();
  readonly #parts: RecordVerifierParts;
  readonly #report: Report;
  #segment: SegmentSource | undefined;
  #line = 0;
  #seq = 0;
  #macFailed = false;
  #coveredSize = 0;
  #endsWithValidCheckpoint = false;
  #pruningPosition: number | undefined;

  constructor(parts: RecordVerifierParts) {
    this.#parts = parts;
    this.tree = new RecordTree(parts.hashes, parts.engine, parts.wantedSizes);
    this.#report = (reason, detail) => {
      const segment = this.#segment?.name ?? null;
      parts.defects.add({ reason, segment, line: this.#line, seq: this.#seq, detail });
    };
  }

  /** The key that checkpoints are judged by: the given one, else the log's own. */
  get #key(): VerifierKey | undefined {
    return this.#parts.givenKey ?? this.#parts.identity.ownKey;
  }

  get macFailed(): boolean {
    return this.#macFailed;
  }

  /** Size of the tree up to which the last valid checkpoint covers it. */
  get coveredSize(): number {
    return this.#coveredSize;
  }

  get endsWithValidCheckpoint(): boolean {
    return this.#endsWithValidCheckpoint;
  }

  /** Where the first `segments_pruned` stands in the tree that accounts for everything before the first record. */
  get pruningPosition(): number | undefined {
    return this.#pruningPosition;
  }

  /** Step 1, of the segment itself. */
  beginSegment(segment: SegmentSource): void {
    this.#segment = segment;
    this.#line = 0;
    const expected = this.sequence.begin(segment.firstSeq);
    if (segment.firstSeq !== expected) {
      this.#missingSegment(`Expected a segment that begins with record ${expected}`);
    }
  }

  /** A line that an LF ends. A promise only where deriving its MAC key takes long. */
  line(line: Line, signal?: AbortSignal): Promise<void> | undefined {
    this.#line++;
    const { bytes } = line;
    if (bytes === undefined) return this.#malformed(line, 'the line is longer than any record');
    const { record, defect } = decodeRecord(bytes);
    if (record === undefined) return this.#malformed(line, defect);
    const misplacement = this.#misplacement(record);
    if (misplacement !== undefined) return this.#malformed(line, misplacement);
    const moving = this.#parts.keys?.moveTo(record.epoch, signal);
    return moving === undefined
      ? this.#verify(record, bytes, line.leaf)
      : moving.then(() => this.#verify(record, bytes, line.leaf));
  }

  /**
   * Records without a defect that are neither the first of their segment nor of a type of the log's own: what is left to
   * do with them.
   *
   * @param leaves their leaf hashes, 32 bytes each
   * @param last the last of them
   */
  acceptRun(leaves: Uint8Array, last: PlacedRecord): void {
    const records = leaves.length / HASH_BYTES;
    this.#line += records;
    this.#endsWithValidCheckpoint = false;
    this.sequence.acceptRun(last, leaves.subarray(-HASH_BYTES));
    this.tally.countRun(records, last);
    this.tree.append(leaves);
  }

  /**
   * The segment ends.
   *
   * @param rest the bytes after its last LF
   * @param corruption why a compressed one ends too early: what it held counts as a malformed line
   */
  endSegment(rest: Line | undefined, isNewest: boolean, corruption?: AuditError): void {
    if (corruption !== undefined) {
      this.#line++;
      this.#malformed(rest ?? { bytes: new Uint8Array() }, corruption.message);
      return;
    }
    if (rest === undefined) {
      if (this.#line === 0 && !isNewest) this.#missingSegment('The segment is empty, but not the newest');
      return;
    }
    this.#line++;
    this.#seq = this.sequence.expectedSeq;
    if (isNewest) this.#report('TORN_TAIL', 'The last line has no LF');
    else this.#malformed(rest, 'the line has no LF');
  }

  #missingSegment(detail: string): void {
    const { name: segment, firstSeq: seq } = this.#segment as SegmentSource;
    this.#parts.defects.add({ reason: 'MISSING_SEGMENT', segment, line: 1, seq, detail });
  }

  /** Steps 1 and 3: why a well-formed record cannot stand where it does. */
  #misplacement(record: LogRecord): string | undefined {
    if (this.#line === 1 && record.seq !== this.#segment?.firstSeq) {
      return 'the first record has another seq than its segment’s name';
    }
    const isFirst = this.sequence.last === undefined;
    return isFirst && record.seq === 0 && record.eventType !== 'log_opened'
      ? 'record 0 is not log_opened'
      : undefined;
  }

  /** Counts as one record, its bytes as a leaf. */
  #malformed(line: Line, why: string): undefined {
    this.#seq = this.sequence.expectedSeq;
    this.#report('MALFORMED_RECORD', `Not a record: ${why}`);
    const leaf =
      line.bytes === undefined ? line.leaf : (line.leaf ?? leafHash(this.#parts.hashes, line.bytes));
    this.sequence.acceptMalformed(leaf);
    this.tree.append(leaf);
    this.tally.countMalformed();
    this.#endsWithValidCheckpoint = false;
  }

  #verify(record: LogRecord, bytes: Uint8Array, knownLeaf: Uint8Array | undefined): undefined {
    const { hashes, identity, givenKey, keys } = this.#parts;
    this.#seq = record.seq;
    const startsInput = this.sequence.last === undefined && record.seq > 0;
    const resumed = startsInput && this.tree.startFrom(record);
    if (startsInput && !resumed) {
      this.#report('FRONTIER_MISMATCH', 'The input begins neither with record 0 nor with a sound frontier');
    }
    this.sequence.verify(record, resumed, this.#report);
    verifyIdentity(record, identity, givenKey, this.#report);
    if (keys !== undefined && !verifyMac(record, bytes, keys, this.#report)) this.#macFailed = true;
    this.#verifySegmentStart(record, startsInput);
    const isValidCheckpoint =
      record.eventType === 'checkpoint' &&
      verifyCheckpoint(record, identity.origin, this.#key, this.tree, this.#report);
    if (isValidCheckpoint) this.#coveredSize = this.tree.size;
    this.#endsWithValidCheckpoint = isValidCheckpoint;
    const leaf = knownLeaf ?? leafHash(hashes, bytes);
    this.sequence.accept(record, leaf);
    this.tally.count(record, isValidCheckpoint);
    this.#rememberPruning(record);
    this.tree.append(leaf);
  }

  /** Step 9; what the input's first record lacks was told in step 3. */
  #verifySegmentStart(record: LogRecord, startsInput: boolean): void {
    const opens = record.eventType === 'segment_opened';
    const isStart = this.#line === 1 && this.#segment?.firstSeq !== 0;
    if (opens && !isStart) {
      this.#report('FRONTIER_MISMATCH', 'segment_opened stands inside a segment');
    } else if (!startsInput && !opens && isStart) {
      this.#report('FRONTIER_MISMATCH', 'The segment does not begin with segment_opened');
    } else if (!startsInput && opens && !this.tree.hasFrontier(record)) {
      this.#report('FRONTIER_MISMATCH', 'The frontier is not that of the records before');
    }
  }

  #rememberPruning(record: LogRecord): void {
    const { last_seq: lastSeq } = record.members;
    if (record.eventType !== 'segments_pruned' || typeof lastSeq !== 'number') return;
    if (lastSeq >= (this.tally.first?.seq ?? 0) - 1) this.#pruningPosition ??= this.tree.size;
  }
}
