import { randomBytes } from 'node:crypto';
import { AuditError } from '../errors.js';
import type { Clock } from './clock.js';
import { isDiskFull } from './error-code.js';
import { close, type FileOperation, type FileStatus, type FileTask, open, write } from './file-operation.js';

const RESERVE_FILE = 'reserve';
/** For key.state and what it is replaced with: a few blocks. */
const KEY_RESERVE_BYTES = 65_536;
const PIECE_BYTES = 1_048_576;
/** How often a writer whose reserve is spent looks for room. */
const LOOK_EVERY_MICROS = 1_000_000;

/** What a full disk refuses and what can be done again: the same bytes in the same place, the same name. */
const REPEATED: ReadonlySet<FileOperation['op']> = new Set(['write', 'open', 'rename']);

interface ReservePlace {
  readonly directory: string;
  readonly bytes: number;
}

/**
 * Room on the disk that is given up when the disk is full, so that CRITICAL records and the close can still be written:
 * a file of random bytes, which no file system compresses, beside the segments and another beside the keys. Node has
 * no fallocate(2).
 */
export class DiskReserve {
  readonly #places: readonly ReservePlace[];
  readonly #clock: Clock;
  readonly #onDiskFull: (error: AuditError) => void;
  #state: 'none' | 'held' | 'spent' = 'none';
  #lookedAt = 0;

  /** @param bytes size of the reserve beside the segments; 0 for none at all */
  constructor(
    directory: string,
    keyDirectory: string,
    bytes: number,
    clock: Clock,
    onDiskFull: (error: AuditError) => void,
  ) {
    this.#places =
      bytes === 0
        ? []
        : [
            { directory, bytes },
            { directory: keyDirectory, bytes: KEY_RESERVE_BYTES },
          ];
    this.#clock = clock;
    this.#onDiskFull = onDiskFull;
  }

  /** Whether the disk was found full, and room for the reserve was not found since. */
  get isSpent(): boolean {
    return this.#state === 'spent';
  }

  /**
   * Takes the room. What a crashed writer left of it is taken over.
   *
   * @throws {@link AuditError} `DISK_FULL`
   */
  *take(): FileTask<void> {
    if (this.#places.length === 0) return;
    try {
      for (const place of this.#places) yield* fill(place);
    } catch (cause) {
      yield* this.#remove();
      if (!isDiskFull(cause)) throw cause;
      throw new AuditError('DISK_FULL', 'There is no room for the reserve of the log and its keys', {
        cause,
      });
    }
    this.#state = 'held';
  }

  /** Lets the room go, at close. */
  *release(): FileTask<void> {
    this.#state = 'none';
    yield* this.#remove();
  }

  /** Takes the room again if there is enough for twice of it; looks at most once a second. */
  *retake(): FileTask<void> {
    const now = this.#clock.monotonicMicros();
    if (!this.isSpent || now - this.#lookedAt < LOOK_EVERY_MICROS) return;
    this.#lookedAt = now;
    for (const { directory, bytes } of this.#places) {
      const free = (yield { op: 'freeBytes', path: directory }) as number;
      if (free < 2 * bytes) return;
    }
    try {
      yield* this.take();
    } catch (error) {
      if (!(error instanceof AuditError)) throw error; // others took the room meanwhile
    }
  }

  /** Runs a task; the operation that finds the disk full is done again in the room of the reserve. */
  *guard<Result>(task: FileTask<Result>): FileTask<Result> {
    let step = task.next();
    while (!step.done) {
      let result: unknown;
      try {
        result = yield* this.#carryOut(step.value);
      } catch (error) {
        step = task.throw(error);
        continue;
      }
      step = task.next(result);
    }
    return step.value;
  }

  *#carryOut(operation: FileOperation): FileTask<unknown> {
    try {
      return yield operation;
    } catch (cause) {
      if (this.#state !== 'held' || !REPEATED.has(operation.op) || !isDiskFull(cause)) throw cause;
      this.#state = 'spent';
      this.#lookedAt = this.#clock.monotonicMicros();
      yield* this.#remove();
      const message = 'The disk is full: until there is room only CRITICAL records are written';
      this.#onDiskFull(new AuditError('DISK_FULL', message, { cause }));
      return yield operation;
    }
  }

  *#remove(): FileTask<void> {
    for (const { directory } of this.#places) {
      try {
        yield { op: 'remove', path: `${directory}/${RESERVE_FILE}` };
      } catch {
        // It was not there, or it stays: then there is no room, and the next write says so.
      }
    }
  }
}

/** Makes a reserve of exactly that size. */
function* fill({ directory, bytes }: ReservePlace): FileTask<void> {
  const path = `${directory}/${RESERVE_FILE}`;
  const fd = yield* open(path, 'create', 0o600);
  try {
    const { isFile, sizeBytes } = (yield { op: 'stat', fd }) as FileStatus;
    if (!isFile) throw new Error(`${path} is not a regular file`);
    if (sizeBytes === bytes) return;
    yield { op: 'truncate', fd, size: 0 };
    // Not synced: a file system that has taken the bytes has set room aside for them.
    const piece = randomBytes(PIECE_BYTES);
    for (let at = 0; at < bytes; at += PIECE_BYTES) {
      yield* write(fd, piece.subarray(0, bytes - at), at);
    }
  } finally {
    yield* close(fd);
  }
}
