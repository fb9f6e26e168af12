import { concatBytes, toHex, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { JsonValue } from '../json/profile.js';
import type { CheckpointSigner } from '../keys/signing-key.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { checkpointMessage, formatCheckpoint } from '../note/checkpoint.js';
import { isSignature } from '../note/signed-note.js';
import { encodeMembers } from '../record/encode.js';
import type { Severity } from '../record/record.js';
import { CHECKPOINT_FILE } from '../source/log-source.js';
import { CheckpointTiming } from './checkpoint-timing.js';
import { Checksums } from './checksums.js';
import type { Clock } from './clock.js';
import { ClockWatch } from './clock-watch.js';
import { type FileTask, PendingSignature, pause, replaceFile, sign } from './file-operation.js';
import type { KeyStore } from './key-store.js';
import { BUFFER_RECORDS, type PendingRecord, type RecordBuffer } from './record-buffer.js';
import type { ChainedRecord, RecordChain } from './record-chain.js';
import { SegmentFile } from './segment-file.js';
import type { WriterSettings } from './writer-options.js';

/** Records put into the chain before the event loop may run: about a millisecond's work. */
const SLICE_RECORDS = 64;

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
  /** Told of a checkpoint that could not be signed; records go on. */
  readonly onSignerError: (error: AuditError) => void;
}

/** Writes records, checkpoints and segments: the tasks of the background writer. */
export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #timing: CheckpointTiming;
  readonly #checksums: Checksums;
  #segment: SegmentFile;
  /** Tree size up to which records are covered; the covering checkpoint record counts as covered. */
  #covered: number;
  /** Taken from the buffer and not yet durable. */
  readonly #unacknowledged: PendingRecord[] = [];
  readonly #clockWatch: ClockWatch;

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    this.#timing = new CheckpointTiming(parts.settings.checkpoint, parts.clock);
    this.#checksums = new Checksums(parts.directory, parts.uniqueSuffix);
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
    const { chain, clock } = this.#parts;
    yield* this.#prepareKey(eventType);
    const membersJson = encodeMembers(members);
    yield* this.#appendAll([
      chain.append({ eventType, severity, membersJson, wallMicros: clock.wallMicros() }),
    ]);
    this.#timing.recordsWritten(false);
    yield* this.#segment.sync();
  }

  /** Writes everything that waits, and the checkpoints and rotations that fall due meanwhile. */
  *drain(): FileTask<void> {
    const { buffer } = this.#parts;
    yield* this.#recordClockJump();
    do {
      if (buffer.waiting > 0 || buffer.hasDropped) {
        yield* this.#rotateIfDue();
        yield* this.#writeGroup();
      }
      if (this.isCheckpointDue) yield* this.writeCheckpoint();
    } while (buffer.waiting > 0 || buffer.hasDropped);
  }

  /** Everything that waits, `log_closed`, and the last checkpoint; closes the segment. */
  *shutDown(): FileTask<void> {
    yield* this.drain();
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
    const { chain, clock, directory, uniqueSuffix, verifierKey } = this.#parts;
    if (!this.hasUncovered) return true;
    yield* this.#prepareKey('checkpoint');
    const checkpoint = { origin: verifierKey.origin, treeSize: chain.size, rootHash: chain.tree.root() };
    const signature = yield* this.#sign(checkpointMessage(checkpoint));
    if (signature === undefined) return false;
    const note = formatCheckpoint(checkpoint, verifierKey, signature);
    const membersJson = encodeMembers({ tree_size: checkpoint.treeSize, note });
    const entry = {
      eventType: 'checkpoint',
      severity: 'INFO',
      membersJson,
      wallMicros: clock.wallMicros(),
    } as const;
    yield* this.#appendAll([chain.append(entry)]);
    yield* this.#segment.sync();
    this.#covered = chain.size;
    this.#timing.covered();
    yield* replaceFile(directory, CHECKPOINT_FILE, utf8(note), { mode: 0o644, suffix: uniqueSuffix() });
    yield* this.#prepareKey('');
    return true;
  }

  /** One fdatasync for all that waits, up to the size of the buffer. */
  *#writeGroup(): FileTask<void> {
    const { buffer, chain, clock } = this.#parts;
    yield* this.#prepareKey('');
    const chained: ChainedRecord[] = [];
    let critical = false;
    do {
      const slice = buffer.take(SLICE_RECORDS);
      this.#unacknowledged.push(...slice);
      const records = slice.map((record) => chain.append(record));
      critical ||= slice.some((record) => record.severity === 'CRITICAL');
      chained.push(...records);
      yield* this.#appendAll(records);
      yield* pause();
    } while (buffer.waiting > 0 && chained.length < BUFFER_RECORDS);
    const dropped = buffer.takeDropped();
    if (dropped > 0) {
      const membersJson = encodeMembers({ count: dropped });
      const wallMicros = clock.wallMicros();
      yield* this.#appendAll([
        chain.append({ eventType: 'events_dropped', severity: 'WARNING', membersJson, wallMicros }),
      ]);
    }
    this.#timing.recordsWritten(critical);
    yield* this.#segment.sync();
    const acknowledged = this.#unacknowledged.splice(0);
    buffer.landed(acknowledged.length);
    acknowledged.forEach((record, i) => {
      const { seq, leaf } = chained[i] as ChainedRecord;
      record.resolve({ seq, leaf });
    });
  }

  *#appendAll(records: readonly ChainedRecord[]): FileTask<void> {
    const { chain } = this.#parts;
    const day = chain.timestampAt(0).slice(0, 10);
    yield* this.#segment.append(concatBytes(...records.map(({ line }) => line)), day);
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
    if (!due || this.#timing.signerIsPaused || !(yield* this.writeCheckpoint())) return;
    yield* this.#checksums.add(this.#segment.firstSeq, yield* this.#segment.finish());
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
    this.#parts.onSignerError(new AuditError('SIGNER_FAILED', message, { cause }));
  }
}
