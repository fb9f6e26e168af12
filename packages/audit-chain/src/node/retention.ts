import { AuditError } from '../errors.js';
import { formatTimestamp } from '../timestamp.js';
import { archiveSegment } from './archive-segment.js';
import type { Clock } from './clock.js';
import { errorCode, systemCode } from './error-code.js';
import { type FileTask, syncDirectory } from './file-operation.js';
import type { LogWriter } from './log-writer.js';
import { listArchivable, planPruning, type SegmentFiles } from './plan-retention.js';
import { type RetentionPolicy, retentionPolicy } from './retention-policy.js';
import { runTask, type TaskRunner } from './task-runner.js';
import { BEST_COMPRESSION } from './zlib-streams.js';

const DAY_MICROS = 86_400_000_000;

/** The records that {@link AuditLog.prune} removed: from `firstSeq` to `lastSeq`. */
export interface PrunedRecords {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export interface RetentionParts {
  readonly directory: string;
  readonly clock: Clock;
  readonly writer: LogWriter;
  /** A runner of its own: what takes long keeps no record waiting. */
  readonly runner: TaskRunner;
  /** Runs a task between those of the background writer; what it throws ends the writer. */
  readonly between: (task: FileTask<void>) => Promise<void>;
  /** The option `retention`. */
  readonly policy: RetentionPolicy | undefined;
}

/** Looks after the closed segments of an open log, one thing at a time. */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #policy: Required<RetentionPolicy>;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  /** Last record of which this writer has recorded that it goes. */
  #recordedThrough = -1;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#policy = retentionPolicy(parts.policy);
  }

  /** Whether the log prunes without being asked. */
  get isAutomatic(): boolean {
    return this.#parts.policy !== undefined;
  }

  /** @throws {@link AuditError} `RETENTION_FAILED`, `SIGNER_FAILED`, `LOG_CLOSED`, `WRITER_FAILED` */
  async prune(policy: RetentionPolicy = {}): Promise<PrunedRecords | undefined> {
    const rules = retentionPolicy({ ...this.#policy, ...policy });
    return this.#inTurn(() => this.#prune(rules));
  }

  /** Ends it: what is under way is brought to its next end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#last;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => {
      if (this.#isStopped) throw new AuditError('LOG_CLOSED', 'The log is closed');
      return work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** @throws {@link AuditError} `RETENTION_FAILED`, `LOG_CLOSED`, `WRITER_FAILED` */
  async archive(): Promise<number> {
    return this.#inTurn(() => this.#archive());
  }

  async #archive(): Promise<number> {
    const { directory } = this.#parts;
    const segments = await this.#aside(listArchivable(directory));
    let archived = 0;
    for (const segment of segments) {
      if (this.#isStopped) break;
      const digest = await this.#aside(archiveSegment(directory, segment.firstSeq, BEST_COMPRESSION));
      if (digest === undefined) continue;
      await this.#recordArchive(segment, digest);
      await this.#aside(removeInOrder(directory, segment.names));
      archived++;
    }
    return archived;
  }

  async #recordArchive({ firstSeq, lastSeq }: SegmentFiles, digest: string): Promise<void> {
    const { between, writer } = this.#parts;
    let sumsFailure: unknown;
    await between(
      (function* () {
        yield* writer.recordArchive(firstSeq, lastSeq);
        sumsFailure = yield* failureOf(writer.checksums.add(firstSeq, digest, BEST_COMPRESSION));
      })(),
    );
    if (sumsFailure !== undefined) throw failed(sumsFailure);
  }

  async #prune({ maxAgeDays, maxSegments }: Required<RetentionPolicy>): Promise<PrunedRecords | undefined> {
    const { directory, clock, writer } = this.#parts;
    // Who sets the clock forward must not bring the log to delete itself.
    const oldest = Math.max(0, clock.wallMicros() - maxAgeDays * DAY_MICROS);
    const olderThan = writer.clockHasJumped ? undefined : formatTimestamp(oldest);
    const pruning = await this.#aside(planPruning(directory, { olderThan, maxSegments }));
    if (pruning === undefined) return undefined;
    await this.#record(pruning);
    await this.#aside(removeInOrder(directory, pruning.names));
    return { firstSeq: pruning.firstSeq, lastSeq: pruning.lastSeq };
  }

  /** The record that they go, and a checkpoint over it, are on disk after this. */
  async #record({ firstSeq, lastSeq }: SegmentFiles): Promise<void> {
    const { between, writer } = this.#parts;
    const isRecorded = lastSeq <= this.#recordedThrough;
    let isCovered = false;
    let sumsFailure: unknown;
    await between(
      (function* () {
        if (!isRecorded) yield* writer.recordPruning(firstSeq, lastSeq);
        isCovered = yield* writer.writeCheckpoint();
        if (isCovered) sumsFailure = yield* failureOf(writer.checksums.remove(firstSeq, lastSeq));
      })(),
    );
    this.#recordedThrough = Math.max(this.#recordedThrough, lastSeq);
    if (!isCovered) {
      throw new AuditError('SIGNER_FAILED', 'No checkpoint covers the pruning: the segments stay for now');
    }
    if (sumsFailure !== undefined) throw failed(sumsFailure);
  }

  /** Runs what no record waits for. */
  async #aside<Result>(task: FileTask<Result>): Promise<Result> {
    try {
      return await runTask(this.#parts.runner, task);
    } catch (cause) {
      throw failed(cause);
    }
  }
}

/** What a task failed with, so that its failure does not end the writer. */
function* failureOf(task: FileTask<void>): FileTask<unknown> {
  try {
    yield* task;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** One after the other, the oldest first, each for good before the next: whatever a crash leaves is the end of the log, without a gap. */
function* removeInOrder(directory: string, names: readonly string[]): FileTask<void> {
  for (const name of names) {
    try {
      yield { op: 'remove', path: `${directory}/${name}` };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    yield* syncDirectory(directory);
  }
}

function failed(cause: unknown): AuditError {
  const message = `A closed segment could not be removed or compressed${systemCode(cause)}; the log goes on`;
  return new AuditError('RETENTION_FAILED', message, { cause });
}
