import { AuditError } from '../errors.js';
import { type AnchoredReceipt, type AuditEvent, type AuditSink, assertEvent } from '../event/audit-event.js';
import { encodeMembers } from '../record/encode.js';
import { ENVELOPE_BYTES, MAX_LINE_BYTES } from '../record/record.js';
import type { AuditLogOptions } from './audit-log-options.js';
import type { Clock } from './clock.js';
import { systemClock } from './clock.js';
import { systemCode } from './error-code.js';
import type { FileSystem, FileTask } from './file-operation.js';
import { lockDirectory } from './lock.js';
import { LogReceipt } from './log-receipt.js';
import { nodeFileSystem } from './node-file-system.js';
import { type OpenedLog, openLogWriter } from './open-log-writer.js';
import { PendingRecord, RecordBuffer } from './record-buffer.js';
import { type PrunedRecords, Retention, type RetentionParts } from './retention.js';
import type { RetentionPolicy } from './retention-policy.js';
import { TaskRunner } from './task-runner.js';

/** What tests may replace. */
export interface AuditLogSeams {
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
  readonly lockDirectory?: typeof lockDirectory;
}

interface Errand {
  readonly task: FileTask<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The writing side of a log. One writer per log; records are buffered (at most 1000, 64 of them kept for
 * CRITICAL), hashed on the event loop in slices of a fraction of a millisecond, and written off it.
 */
export class AuditLog implements AuditSink, AsyncDisposable {
  readonly dir: string;
  readonly workerId: string;
  readonly origin: string;
  /** C2SP signed-note verifier key: what a verifier needs to check checkpoints. */
  readonly vkey: string;
  readonly #opened: OpenedLog;
  readonly #buffer: RecordBuffer;
  readonly #runner: TaskRunner;
  readonly #clock: Clock;
  readonly #onError: (error: AuditError) => void;
  readonly #retention: Retention;
  /** What is to be done before the background writer goes on. */
  #errand: Errand | undefined;
  /** The segment that was open when the log last pruned by itself. */
  #prunedAt: number | undefined;
  #failure: AuditError | undefined;
  #closing: Promise<void> | undefined;
  #scheduled: NodeJS.Immediate | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #checkpointTimer: NodeJS.Timeout | undefined;
  #lastDurable: Promise<unknown> = Promise.resolve();
  #idle: Promise<void> = Promise.resolve();

  private constructor(
    opened: OpenedLog,
    buffer: RecordBuffer,
    runner: TaskRunner,
    clock: Clock,
    onError: (error: AuditError) => void,
    retention: Omit<RetentionParts, 'between'>,
  ) {
    this.dir = opened.directory;
    this.workerId = opened.identity.workerId;
    this.origin = opened.identity.origin;
    this.vkey = opened.identity.vkey;
    this.#opened = opened;
    this.#buffer = buffer;
    this.#runner = runner;
    this.#clock = clock;
    this.#onError = onError;
    opened.anchors.listen((treeSize, lines) => {
      opened.writer.addCosignatures(treeSize, lines);
      this.#start();
    });
    this.#retention = new Retention({ ...retention, between: (task) => this.#runBetween(task) });
    this.#armCheckpoint();
    this.#pruneByItself();
  }

  /**
   * Opens the log in `dir` for writing; creates it if there is none; recovers it if its writer crashed.
   *
   * @throws {@link AuditError} `LOG_LOCKED`, `LOCK_UNAVAILABLE`, `NETWORK_FILE_SYSTEM`, `DISK_FULL`,
   *   `LOG_DAMAGED`, `LOG_ROLLED_BACK`, `LOG_FORKED`, `NOT_PROVABLE`, `INVALID_NOTE`, `UNKNOWN_FORMAT`, `IDENTITY_CONFLICT`, `INVALID_KEY`, `INSECURE_KEY_FILE`, `WRITER_FAILED`
   * @throws TypeError or RangeError for options that make no sense
   */
  static async open(options: AuditLogOptions, seams: AuditLogSeams = {}): Promise<AuditLog> {
    const clock = seams.clock ?? systemClock;
    const buffer = new RecordBuffer();
    const fileSystem = seams.fileSystem ?? nodeFileSystem;
    const runner = new TaskRunner(fileSystem);
    const report = (error: AuditError): void => queueMicrotask(() => options.onError(error));
    const services = { clock, buffer, runner, lockDirectory: seams.lockDirectory ?? lockDirectory };
    const opened = await openLogWriter(options, { ...services, onError: report });
    const { directory, writer } = opened;
    const retention = {
      directory,
      clock,
      writer,
      runner: new TaskRunner(fileSystem),
      policy: options.retention,
    };
    return new AuditLog(opened, buffer, runner, clock, report, retention);
  }

  /** Number of records written so far. */
  get treeSize(): number {
    return this.#opened.chain.size;
  }

  /**
   * Takes a record down. Returns at once; `durable` tells when it is on disk. A full buffer rejects `durable`
   * with `BUFFER_FULL` and is accounted for by `events_dropped`; a CRITICAL record is never dropped: where the
   * buffer has no room, everything up to it is written before this returns.
   *
   * @throws TypeError if the event is invalid; otherwise never throws
   */
  emit(event: AuditEvent): AnchoredReceipt {
    assertEvent(event);
    const membersJson = encodeMembers(event.members);
    if (Buffer.byteLength(membersJson) > MAX_LINE_BYTES - ENVELOPE_BYTES - this.workerId.length) {
      throw new TypeError(`Expected ${event.type} to fit a record of ${MAX_LINE_BYTES} bytes`);
    }
    const critical = event.severity === 'CRITICAL';
    const refusal = this.#refusal();
    if (refusal !== undefined) return rejected(refusal);
    const hasRoom = this.#buffer.hasRoom(critical);
    if (!critical && (!hasRoom || this.#opened.reserve.isSpent)) return this.#drop(hasRoom);
    const record = new PendingRecord(event, membersJson, this.#clock.wallMicros());
    this.#buffer.push(record);
    const { durable } = record;
    this.#lastDurable = durable;
    if (hasRoom) this.#schedule(critical);
    else this.#writeNow();
    return new LogReceipt(durable, this.#opened.anchors);
  }

  /**
   * Waits until every record taken down so far is on disk.
   *
   * @throws {@link AuditError} `WRITER_FAILED`
   */
  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const last = this.#lastDurable;
    if (this.#buffer.waiting > 0) this.#start();
    await last;
  }

  /**
   * Writes every record taken down so far before it returns: for handlers of `uncaughtException` and `exit`, after
   * which nothing asynchronous happens any more. Blocks the event loop as long as the disk takes.
   *
   * @throws {@link AuditError} `WRITER_FAILED`
   * @throws TypeError if the log's own signer calls it: the records wait for that signer
   */
  flushSync(): void {
    this.#writeNow();
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#buffer.isEmpty) throw new TypeError('Expected flushSync not to be called by the signer');
  }

  /**
   * Removes the oldest closed segments that the policy no longer keeps; never the open one, and nothing by age once the
   * clock has jumped since the log was opened. A record of it, and a checkpoint over that record, are on disk before.
   *
   * @param policy what is left out is as the option `retention` has it, else as {@link RetentionPolicy} says
   * @returns which records went; `undefined` if none did
   * @throws {@link AuditError} `RETENTION_FAILED`, `SIGNER_FAILED`, `LOG_CLOSED`, `WRITER_FAILED`
   * @throws RangeError for a policy that makes no sense
   */
  prune(policy: RetentionPolicy = {}): Promise<PrunedRecords | undefined> {
    return this.#retention.prune(policy);
  }

  /**
   * Compresses the closed segments that lie there plain, with Zstandard where Node has it (22.15), else with gzip, each
   * beside the plain file, which goes once the other was read back and recorded. Records are written meanwhile. Every
   * reader reads them as they are. A segment of more than 1 GiB stays as it is.
   *
   * @returns number of segments compressed; closing the log ends it after the one under way
   * @throws {@link AuditError} `RETENTION_FAILED`, `LOG_CLOSED`, `WRITER_FAILED`
   */
  archive(): Promise<number> {
    return this.#retention.archive();
  }

  /**
   * Writes what waits, `log_closed` and the last checkpoint, gives the anchors up to 5 s to take it, and lets the log
   * go. Calling it again gives the same promise.
   *
   * @throws {@link AuditError} `WRITER_FAILED` if the writer failed now or before; the log is let go all the same
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @param hasRoom whether the buffer has room, so that it is the disk that has none */
  #drop(hasRoom: boolean): AnchoredReceipt {
    this.#buffer.countDropped();
    if (!hasRoom) return rejected(new AuditError('BUFFER_FULL', 'The buffer of unwritten records is full'));
    this.#schedule(false); // the writer looks whether there is room again
    return rejected(new AuditError('DISK_FULL', 'The disk is full'));
  }

  #refusal(): AuditError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    return this.#closing === undefined ? undefined : new AuditError('LOG_CLOSED', 'The log is closed');
  }

  #schedule(critical: boolean): void {
    const { flush } = this.#opened.settings;
    const wait = flush.mode !== 'immediate' && !(flush.mode === 'hybrid' && critical);
    if (wait && this.#buffer.waiting < flush.records) {
      this.#flushTimer ??= setTimeout(() => this.#start(), flush.intervalMs);
    } else {
      this.#scheduled ??= setImmediate(() => this.#start());
    }
  }

  /** Starts the background writer unless it runs. */
  #start(): void {
    clearImmediate(this.#scheduled);
    clearTimeout(this.#flushTimer);
    this.#scheduled = undefined;
    this.#flushTimer = undefined;
    if (this.#runner.busy || this.#failure !== undefined || this.#closing !== undefined) return;
    this.#idle = this.#run(this.#opened.writer.drain()).then(
      () => this.#drained(),
      () => undefined, // told by then
    );
  }

  /** Runs a task; when it fails, the writer is poisoned before anyone goes on, on the synchronous path too. */
  #run(task: FileTask<void>): Promise<void> {
    const fail = (cause: unknown): AuditError => this.#fail(cause);
    const guarded = this.#opened.reserve.guard(task);
    return this.#runner.run(
      (function* () {
        try {
          yield* guarded;
        } catch (cause) {
          throw fail(cause);
        }
      })(),
    );
  }

  /** Runs a task before the background writer goes on, however much waits for that; one at a time. */
  #runBetween(task: FileTask<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#errand = { task, resolve, reject };
      if (this.#failure !== undefined) reject(this.#failure);
      else if (!this.#runner.busy) this.#runErrand(this.#errand);
    });
  }

  #runErrand({ task, resolve, reject }: Errand): void {
    this.#errand = undefined;
    const running = this.#run(task);
    running.then(resolve, reject);
    this.#idle = running.then(
      () => this.#drained(),
      () => undefined, // told by then
    );
  }

  /** Once for each segment that is closed. */
  #pruneByItself(): void {
    const { segmentFirstSeq } = this.#opened.writer;
    if (!this.#retention.isAutomatic || this.#prunedAt === segmentFirstSeq) return;
    this.#prunedAt = segmentFirstSeq;
    this.#retention.prune().catch((error: AuditError) => {
      const isTold = error === this.#failure || error.code === 'LOG_CLOSED';
      if (!isTold) this.#onError(error);
    });
  }

  #drained(): void {
    if (this.#errand !== undefined) {
      this.#runErrand(this.#errand);
      return;
    }
    if (this.#closing !== undefined) return;
    this.#pruneByItself();
    const { writer } = this.#opened;
    if (this.#buffer.waiting > 0 || writer.isCheckpointDue || writer.hasCosignatures) this.#start();
    else this.#armCheckpoint();
  }

  /** Carries the background writer's work on synchronously until nothing waits. */
  #writeNow(): void {
    this.#runner.finishSync();
    if (this.#buffer.waiting === 0) return;
    this.#start();
    this.#runner.finishSync();
  }

  #armCheckpoint(): void {
    if (this.#checkpointTimer !== undefined || !this.#opened.writer.hasUncovered) return;
    this.#checkpointTimer = setTimeout(() => {
      this.#checkpointTimer = undefined;
      this.#opened.writer.requestCheckpoint();
      this.#start();
    }, this.#opened.settings.checkpoint.intervalMs);
    this.#checkpointTimer.unref();
  }

  #fail(cause: unknown): AuditError {
    if (this.#failure === undefined) {
      const why = systemCode(cause);
      const message = `Writing the log failed${why}; nothing after the last receipt is acknowledged`;
      this.#failure = new AuditError('WRITER_FAILED', message, { cause });
      this.#opened.writer.rejectUnacknowledged(this.#failure);
      this.#buffer.rejectAll(this.#failure);
      this.#opened.anchors.rejectWaiting(this.#failure);
      this.#errand?.reject(this.#failure);
      this.#onError(this.#failure);
    }
    return this.#failure;
  }

  async #close(): Promise<void> {
    clearImmediate(this.#scheduled);
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#checkpointTimer);
    await this.#retention.stop();
    while (this.#runner.busy) await this.#idle;
    const { anchors, chain, lock, reserve, writer } = this.#opened;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#run(writer.shutDown());
      await anchors.close();
      await this.#run(writer.storeCosignatures());
      await this.#runner.run(reserve.release());
    } catch (error) {
      anchors.end();
      await this.#runner.run(writer.abandon());
      throw error;
    } finally {
      await this.#runner.settled();
      chain.destroyKey();
      await lock.release();
    }
  }
}

function rejected(error: AuditError): AnchoredReceipt {
  const never: Promise<never> = Promise.reject(error);
  never.catch(() => undefined);
  return { durable: never, anchored: never };
}
