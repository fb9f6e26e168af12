import { toHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { JsonValue } from '../json/profile.js';
import type { CheckpointSigner } from '../keys/signing-key.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { checkpointMessage, formatCheckpoint } from '../note/checkpoint.js';
import { isSignature } from '../note/signed-note.js';
import { encodeMembers } from '../record/encode.js';
import type { Severity } from '../record/record.js';
import { CHECKPOINT_FILE } from '../source/log-source.js';
import type { AnchorSet } from './anchor/anchor-set.js';
import { CheckpointTiming } from './checkpoint-timing.js';
import { Checksums } from './checksums.js';
import type { Clock } from './clock.js';
import { ClockWatch } from './clock-watch.js';
import type { DiskReserve } from './disk-reserve.js';
import { type FileTask, PendingSignature, pause, replaceFile, sign } from './file-operation.js';
import type { KeyStore } from './key-store.js';
import { BUFFER_RECORDS, type PendingRecord, type RecordBuffer } from './record-buffer.js';
import type { ChainEntry, ChainedBatch, RecordChain } from './record-chain.js';
import { SegmentFile } from './segment-file.js';
import type { RootKind } from './segment-scan.js';
import type { WriterSettings } from './writer-options.js';

/** From so many bytes on records are written before the others that wait are in the chain. */
const WRITE_BYTES = 262_144;

export interface LogWriterParts {
  readonly directory: string;
  readonly verifierKey: VerifierKey;
  readonly signer: CheckpointSigner;
  readonly keyStore: KeyStore;
  readonly chain: RecordChain;
  readonly segment: SegmentFile;
  readonly buffer: RecordBuffer;
  readonly settings: WriterSettings;
  readonly clock: Clock;
  readonly uniqueSuffix: () => string;
  readonly reserve: DiskReserve;
  readonly anchors: AnchorSet;
  /** The `log_opened` of this writer. */
  readonly opening: { readonly seq: number; readonly rootKind: RootKind };
  /** Told of a checkpoint that could not be signed; records go on. */
  readonly onError: (error: AuditError) => void;
}

/** Writes records, checkpoints and segments: the tasks of the background writer. */
export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #timing: CheckpointTiming;
  readonly checksums: Checksums;
  #segment: SegmentFile;
  /** Tree size up to which records are covered; the covering checkpoint record counts as covered. */
  #covered: number;
  /** Taken from the buffer and not yet durable. */
  readonly #unacknowledged: PendingRecord[] = [];
  readonly #clockWatch: ClockWatch;
  /** What the file `checkpoint` holds since this writer replaced it. */
  #published: { readonly treeSize: number; readonly note: string } | undefined;
  /** Cosignatures for it that are not in the file yet. */
  #cosignatures = '';

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    this.#timing = new CheckpointTiming(parts.settings.checkpoint, parts.clock);
    this.checksums = new Checksums(parts.directory, parts.uniqueSuffix);
    this.#segment = parts.segment;
    this.#covered = parts.chain.lastIsCheckpoint ? parts.chain.size : 0;
    this.#clockWatch = new ClockWatch(parts.clock);
  }

  /** Whether there are records that no checkpoint covers. */
  get hasUncovered(): boolean {
    return this.#uncovered > 0;
  }

  /** Whether {@link drain} would write a checkpoint though nothing waits. */
  get isCheckpointDue(): boolean {
    return this.#timing.isDue(this.#uncovered);
  }

  /** Whether {@link drain} would put cosignatures into the file `checkpoint`. */
  get hasCosignatures(): boolean {
    return this.#cosignatures !== '';
  }

  get #uncovered(): number {
    return this.#parts.chain.size - this.#covered;
  }

  /** The next {@link drain} writes a checkpoint, if any record is uncovered. */
  requestCheckpoint(): void {
    this.#timing.request();
  }

  /** Writes one record of the log's own, durably. */
  *writeOwn(
    eventType: string,
    severity: Severity,
    members: Readonly<Record<string, JsonValue>>,
  ): FileTask<void> {
    yield* this.#prepareKey(eventType);
    yield* this.#appendOwn(eventType, severity, members);
    this.#timing.recordsWritten(false);
    yield* this.#segment.sync();
  }

  *#appendOwn(
    eventType: string,
    severity: Severity,
    members: Readonly<Record<string, JsonValue>>,
  ): FileTask<void> {
    const membersJson = encodeMembers(members);
    const wallMicros = this.#parts.clock.wallMicros();
    yield* this.#write([this.#chain([{ eventType, severity, membersJson, wallMicros }])]);
  }

  #chain(entries: readonly ChainEntry[]): ChainedBatch {
    const batch = this.#parts.chain.append(entries);
    this.#parts.anchors.append(batch.leaves);
    return batch;
  }

  /** Whether the clock jumped since the log was opened: ages that it tells are not to be trusted. */
  get clockHasJumped(): boolean {
    return this.#clockWatch.hasJumped;
  }

  /** First record of the segment that is written. */
  get segmentFirstSeq(): number {
    return this.#segment.firstSeq;
  }

  /** Records that closed segments go. With the newest `log_opened` goes what opening wants to know: this record keeps it. */
  *recordPruning(firstSeq: number, lastSeq: number): FileTask<void> {
    const { seq, rootKind } = this.#parts.opening;
    const kept = seq <= lastSeq ? { root_kind: rootKind } : {};
    yield* this.writeOwn('segments_pruned', 'INFO', { first_seq: firstSeq, last_seq: lastSeq, ...kept });
  }

  *recordArchive(firstSeq: number, lastSeq: number): FileTask<void> {
    yield* this.writeOwn('segment_archived', 'INFO', { first_seq: firstSeq, last_seq: lastSeq });
  }

  /** Writes everything that waits, and the checkpoints and rotations that fall due meanwhile. */
  *drain(): FileTask<void> {
    yield* this.#parts.reserve.retake();
    yield* this.#recordClockJump();
    do {
      this.#dropForWantOfRoom();
      if (this.#hasWork) {
        yield* this.#rotateIfDue();
        yield* this.#writeGroup();
      }
      if (this.isCheckpointDue) yield* this.writeCheckpoint();
    } while (this.#hasWork);
    yield* this.storeCosignatures();
  }

  /** What was dropped is told of once there is room again. */
  get #hasWork(): boolean {
    const { buffer, reserve } = this.#parts;
    return buffer.waiting > 0 || (buffer.hasDropped && !reserve.isSpent);
  }

  #dropForWantOfRoom(): void {
    const { buffer, reserve } = this.#parts;
    if (reserve.isSpent) buffer.dropUncritical(new AuditError('DISK_FULL', 'The disk is full'));
  }

  /** Everything that waits, `log_closed`, and the last checkpoint; closes the segment. */
  *shutDown(): FileTask<void> {
    yield* this.drain();
    if (this.#parts.buffer.hasDropped) yield* this.#writeGroup();
    yield* this.writeOwn('log_closed', 'INFO', {});
    yield* this.writeCheckpoint();
    yield* this.#segment.close();
  }

  /** Closes the segment as it is, after something failed. */
  *abandon(): FileTask<void> {
    yield* this.#segment.abandon();
  }

  /** Rejects what was taken from the buffer and never became durable. */
  rejectUnacknowledged(error: unknown): void {
    for (const record of this.#unacknowledged.splice(0)) record.reject(error);
  }

  /**
   * Writes a checkpoint over all records, replaces the file `checkpoint`, and moves the key on.
   *
   * @returns whether every record is covered now
   */
  *writeCheckpoint(): FileTask<boolean> {
    const { anchors, chain, verifierKey } = this.#parts;
    if (!this.hasUncovered) return true;
    yield* this.#prepareKey('checkpoint');
    const checkpoint = { origin: verifierKey.origin, treeSize: chain.size, rootHash: chain.tree.root() };
    anchors.mark(chain.tree);
    const signature = yield* this.#sign(checkpointMessage(checkpoint));
    if (signature === undefined) return false;
    const note = formatCheckpoint(checkpoint, verifierKey, signature);
    yield* this.#appendOwn('checkpoint', 'INFO', { tree_size: checkpoint.treeSize, note });
    yield* this.#segment.sync();
    this.#covered = chain.size;
    this.#timing.covered();
    yield* this.#replaceCheckpointFile(note);
    this.#published = { treeSize: checkpoint.treeSize, note };
    this.#cosignatures = '';
    anchors.publish(checkpoint, note);
    yield* this.#prepareKey('');
    return true;
  }

  /** Puts the cosignatures that came meanwhile into the file `checkpoint`. */
  *storeCosignatures(): FileTask<void> {
    if (this.#published === undefined || this.#cosignatures === '') return;
    const { treeSize, note } = this.#published;
    this.#published = { treeSize, note: note + this.#cosignatures };
    this.#cosignatures = '';
    yield* this.#replaceCheckpointFile(this.#published.note);
  }

  /** The next {@link drain} puts them into the file `checkpoint`, unless that holds a newer checkpoint by now. */
  addCosignatures(treeSize: number, lines: string): void {
    if (this.#published?.treeSize === treeSize) this.#cosignatures += lines;
  }

  *#replaceCheckpointFile(note: string): FileTask<void> {
    const { directory, uniqueSuffix } = this.#parts;
    yield* replaceFile(directory, CHECKPOINT_FILE, utf8(note), { mode: 0o644, suffix: uniqueSuffix() });
  }

  /** One fdatasync for all that waits, up to the size of the buffer. */
  *#writeGroup(): FileTask<void> {
    const { buffer } = this.#parts;
    yield* this.#prepareKey('');
    const batches: ChainedBatch[] = [];
    const unwritten: ChainedBatch[] = [];
    let critical = false;
    do {
      const slice = buffer.take();
      this.#unacknowledged.push(...slice);
      critical ||= slice.some((record) => record.severity === 'CRITICAL');
      const batch = this.#chain(slice);
      batches.push(batch);
      unwritten.push(batch);
      if (sizeOf(unwritten) >= WRITE_BYTES) yield* this.#write(unwritten.splice(0));
      if (buffer.waiting > 0) yield* pause();
    } while (buffer.waiting > 0 && this.#unacknowledged.length < BUFFER_RECORDS);
    if (unwritten.length > 0) yield* this.#write(unwritten);
    const dropped = buffer.takeDropped();
    if (dropped > 0) yield* this.#appendOwn('events_dropped', 'WARNING', { count: dropped });
    this.#timing.recordsWritten(critical);
    yield* this.#segment.sync();
    this.#acknowledge(batches);
  }

  #acknowledge(batches: readonly ChainedBatch[]): void {
    const records = this.#unacknowledged.splice(0);
    this.#parts.buffer.landed(records.length);
    let next = 0;
    for (const { firstSeq, leaves } of batches) {
      leaves.forEach((leaf, i) => {
        records[next++]?.resolve({ seq: firstSeq + i, leaf });
      });
    }
  }

  /** Writes the lines of batches that follow each other; they are not durable yet. */
  *#write(batches: readonly ChainedBatch[]): FileTask<void> {
    const [first] = batches;
    const bytes = batches.length === 1 ? first?.bytes : Buffer.concat(batches.map((batch) => batch.bytes));
    if (first !== undefined && bytes !== undefined) yield* this.#segment.append(bytes, first.day);
  }

  /** Puts the key that a record of that type needs on disk before the record is written. */
  *#prepareKey(eventType: string): FileTask<void> {
    const { chain, keyStore, verifierKey } = this.#parts;
    const epoch = chain.nextEpoch(eventType);
    if (epoch <= chain.key.epoch) return;
    const key = chain.deriveKey(epoch);
    yield* keyStore.writeState(verifierKey.origin, key);
    chain.adoptKey(key);
  }

  *#rotateIfDue(): FileTask<void> {
    const { chain, clock, directory, settings } = this.#parts;
    const { segmentBytes, daily } = settings.rotation;
    const today = chain.timestampAt(clock.wallMicros()).slice(0, 10);
    const due =
      this.#segment.sizeBytes >= segmentBytes ||
      (daily && this.#segment.day !== undefined && this.#segment.day !== today);
    // Without its checkpoint a segment is not closed: it grows until the signer is there again.
    if (
      !due ||
      this.#parts.reserve.isSpent ||
      this.#timing.signerIsPaused ||
      !(yield* this.writeCheckpoint())
    )
      return;
    yield* this.checksums.add(this.#segment.firstSeq, yield* this.#segment.finish());
    this.#segment = yield* SegmentFile.create(directory, chain.size);
    yield* this.openSegment();
  }

  /** Writes the first record of a segment that is not the log's first. */
  *openSegment(): FileTask<void> {
    const frontier = this.#parts.chain.tree.frontier.map(toHex);
    yield* this.writeOwn('segment_opened', 'INFO', { frontier });
  }

  *#recordClockJump(): FileTask<void> {
    const jump = this.#clockWatch.jump();
    if (jump !== undefined) yield* this.writeOwn('clock_jumped', 'WARNING', jump);
  }

  /** A signature that was checked, or `undefined` if there is none to be had now. */
  *#sign(message: Uint8Array): FileTask<Uint8Array | undefined> {
    const { signer, verifierKey } = this.#parts;
    try {
      const signature = yield* sign(() => signer.sign(message));
      if (isSignature(verifierKey.publicKey, message, signature)) return signature;
      this.#signerFailed('The signer returned a signature that is not the log key’s');
    } catch (cause) {
      // A synchronous write does not wait for a signer; the checkpoint follows as soon as one can wait.
      if (cause instanceof PendingSignature) this.#timing.request();
      else this.#signerFailed('The signer did not sign a checkpoint', cause);
    }
    return undefined;
  }

  #signerFailed(message: string, cause?: unknown): void {
    this.#timing.signerFailed();
    this.#parts.onError(new AuditError('SIGNER_FAILED', message, { cause }));
  }
}

function sizeOf(batches: readonly ChainedBatch[]): number {
  return batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
