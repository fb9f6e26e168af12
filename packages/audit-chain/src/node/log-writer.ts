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
import { formatTimestamp } from '../timestamp.js';
import type { Clock } from './clock.js';
import { type FileTask, PendingSignature, pause, replaceFile, sign } from './file-operation.js';
import type { KeyStore } from './key-store.js';
import { BUFFER_RECORDS, type PendingRecord, type RecordBuffer } from './record-buffer.js';
import type { ChainedRecord, RecordChain } from './record-chain.js';
import { SegmentFile } from './segment-file.js';
import type { WriterSettings } from './writer-options.js';

/** Records put into the chain before the event loop may run: about a millisecond's work. */
const SLICE_RECORDS = 64;
const CLOCK_JUMP_MICROS = 60_000_000;

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
  #segment: SegmentFile;
  /** Tree size up to which records are covered; the covering checkpoint record counts as covered. */
  #covered: number;
  #checkpointRequested = false;
  /** Taken from the buffer and not yet durable. */
  readonly #unacknowledged: PendingRecord[] = [];
  #lastWall: number;
  #lastMonotonic: number;

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    this.#segment = parts.segment;
    this.#covered = parts.chain.lastIsCheckpoint ? parts.chain.size : 0;
    this.#lastWall = parts.clock.wallMicros();
    this.#lastMonotonic = parts.clock.monotonicMicros();
  }

  /** Whether there are records that no checkpoint covers. */
  get hasUncovered(): boolean {
    return this.#parts.chain.size > this.#covered;
  }

  /** The next {@link drain} writes a checkpoint, if any record is uncovered. */
  requestCheckpoint(): void {
    this.#checkpointRequested = true;
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
    yield* this.#segment.sync();
  }

  /** Writes everything that waits, and the checkpoint and the rotation that are due. */
  *drain(): FileTask<void> {
    const { buffer, settings } = this.#parts;
    yield* this.#recordClockJump();
    let critical = false;
    while (buffer.waiting > 0 || buffer.hasDropped) {
      yield* this.#rotateIfDue();
      critical = (yield* this.#writeGroup()) || critical;
    }
    const uncovered = this.#parts.chain.size - this.#covered;
    const due =
      this.#checkpointRequested ||
      (critical && settings.checkpoint.afterCritical) ||
      uncovered >= settings.checkpoint.records;
    if (due) yield* this.writeCheckpoint();
  }

  /** Everything that waits, `log_closed`, and the last checkpoint; closes the segment. */
  *shutDown(): FileTask<void> {
    yield* this.drain();
    yield* this.writeOwn('log_closed', 'INFO', {});
    yield* this.writeCheckpoint();
    yield* this.#segment.close();
  }

  /** Closes the segment as it is. */
  *abandon(): FileTask<void> {
    yield* this.#segment.close();
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
    this.#checkpointRequested = false;
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
    yield* replaceFile(directory, CHECKPOINT_FILE, utf8(note), { mode: 0o644, suffix: uniqueSuffix() });
    yield* this.#prepareKey('');
    return true;
  }

  /** One fdatasync for all that waits, up to the size of the buffer. Returns whether any was CRITICAL. */
  *#writeGroup(): FileTask<boolean> {
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
    yield* this.#segment.sync();
    const acknowledged = this.#unacknowledged.splice(0);
    buffer.landed(acknowledged.length);
    acknowledged.forEach((record, i) => {
      const { seq, leaf } = chained[i] as ChainedRecord;
      record.resolve({ seq, leaf });
    });
    return critical;
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
    const { chain, clock, directory, settings, uniqueSuffix } = this.#parts;
    const { segmentBytes, daily } = settings.rotation;
    const today = chain.timestampAt(clock.wallMicros()).slice(0, 10);
    const due =
      this.#segment.sizeBytes >= segmentBytes ||
      (daily && this.#segment.day !== undefined && this.#segment.day !== today);
    // Without its checkpoint a segment is not closed; it is tried again with the next records.
    if (!due || !(yield* this.writeCheckpoint())) return;
    yield* this.#segment.finish(uniqueSuffix());
    this.#segment = yield* SegmentFile.create(directory, chain.size);
    yield* this.openSegment();
  }

  /** Writes the first record of a segment that is not the log's first. */
  *openSegment(): FileTask<void> {
    const frontier = this.#parts.chain.tree.frontier.map(toHex);
    yield* this.writeOwn('segment_opened', 'INFO', { frontier });
  }

  *#recordClockJump(): FileTask<void> {
    const wall = this.#parts.clock.wallMicros();
    const monotonic = this.#parts.clock.monotonicMicros();
    const expected = this.#lastWall + (monotonic - this.#lastMonotonic);
    this.#lastWall = wall;
    this.#lastMonotonic = monotonic;
    if (Math.abs(wall - expected) <= CLOCK_JUMP_MICROS) return;
    yield* this.writeOwn('clock_jumped', 'WARNING', {
      from: formatTimestamp(expected),
      to: formatTimestamp(wall),
    });
  }

  /** A signature that was checked, or `undefined` if there is none to be had now. */
  *#sign(message: Uint8Array): FileTask<Uint8Array | undefined> {
    const { signer, verifierKey, onSignerError } = this.#parts;
    try {
      const signature = yield* sign(() => signer.sign(message));
      if (isSignature(verifierKey.publicKey, message, signature)) return signature;
      onSignerError(
        new AuditError('SIGNER_FAILED', 'The signer returned a signature that is not the log key’s'),
      );
    } catch (cause) {
      // A synchronous write does not wait for a signer; the checkpoint follows later.
      if (cause instanceof PendingSignature) this.#checkpointRequested = true;
      else onSignerError(new AuditError('SIGNER_FAILED', 'The signer did not sign a checkpoint', { cause }));
    }
    return undefined;
  }
}
