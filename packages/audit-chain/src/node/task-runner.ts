import { errorCode } from './error-code.js';
import type { FileOperation, FileSystem, FileTask } from './file-operation.js';

interface Job {
  readonly task: FileTask<void>;
  readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  inFlight: FileOperation | undefined;
  /** Set once the synchronous path has carried the task on in place of the asynchronous one. */
  overtaken: boolean;
}

/** Runs a task off the event loop; gives what it ends with. */
export async function runTask<Result>(runner: TaskRunner, task: FileTask<Result>): Promise<Result> {
  let result: { readonly value: Result } | undefined;
  await runner.run(
    (function* () {
      result = { value: yield* task };
    })(),
  );
  return (result as { readonly value: Result }).value;
}

/**
 * Runs one task at a time, its operations off the event loop, and can finish it at once when a record cannot wait.
 *
 * Overtaking repeats the operation in flight synchronously, which is safe because writes are positional and
 * carry the same bytes, temporary names are unique, and no descriptor is closed, and no secret wiped, while an operation that
 * was overtaken may still use it.
 */
export class TaskRunner {
  readonly #fileSystem: FileSystem;
  readonly #stale = new Set<Promise<unknown>>();
  #job: Job | undefined;
  #advancing = false;

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  get busy(): boolean {
    return this.#job !== undefined;
  }

  /** Runs `task` off the event loop. One at a time: the caller waits until the runner is not {@link busy}. */
  run(task: FileTask<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const job: Job = { task, settle: { resolve, reject }, inFlight: undefined, overtaken: false };
      this.#job = job;
      void this.#drive(job);
    });
  }

  /** Waits for operations that were overtaken and may still be under way. */
  async settled(): Promise<void> {
    while (this.#stale.size > 0) await Promise.allSettled(this.#stale);
  }

  /**
   * Finishes the running task now. Does nothing if there is none, or if it is this very task that calls (a
   * callback of the signer, say): it will go on by itself.
   */
  finishSync(): void {
    const job = this.#job;
    if (job === undefined || this.#advancing) return;
    job.overtaken = true;
    const repeated = job.inFlight as FileOperation;
    let step = this.#step(job, () => this.#repeat(repeated));
    while (step !== undefined) {
      const operation = step;
      step = this.#step(job, () => this.#runSync(operation));
    }
  }

  async #drive(job: Job): Promise<void> {
    let operation = this.#step(job, () => undefined);
    while (operation !== undefined) {
      const current = operation;
      job.inFlight = current;
      let outcome: () => unknown;
      const running = isEnd(current) ? this.#runAfterStale(current) : this.#fileSystem.run(current);
      const tracked = running.catch(() => undefined);
      this.#stale.add(tracked);
      try {
        const result = await running;
        outcome = () => result;
      } catch (error) {
        outcome = () => {
          throw error;
        };
      }
      this.#stale.delete(tracked);
      if (job.overtaken) {
        // The synchronous path opened the same file again; this descriptor is nobody's.
        if (current.op === 'open') await this.#closeStale(outcome);
        return;
      }
      operation = this.#step(job, outcome);
    }
  }

  /** Hands an outcome to the task and returns its next operation, or `undefined` when it has ended. */
  #step(job: Job, outcome: () => unknown): FileOperation | undefined {
    this.#advancing = true;
    try {
      let result: unknown;
      let failure: { readonly error: unknown } | undefined;
      try {
        result = outcome();
      } catch (error) {
        failure = { error };
      }
      const step = failure === undefined ? job.task.next(result) : job.task.throw(failure.error);
      if (!step.done) return step.value;
      this.#job = undefined;
      job.settle.resolve();
    } catch (error) {
      this.#job = undefined;
      job.settle.reject(error);
    } finally {
      this.#advancing = false;
    }
    return undefined;
  }

  #runSync(operation: FileOperation): unknown {
    if (!isEnd(operation)) return this.#fileSystem.runSync(operation);
    const tracked = this.#runAfterStale(operation).catch(() => undefined);
    this.#stale.add(tracked);
    void tracked.then(() => this.#stale.delete(tracked));
    return undefined;
  }

  /** A write that was overtaken still needs its descriptor and its bytes. */
  async #runAfterStale(operation: FileOperation): Promise<unknown> {
    await Promise.allSettled(this.#stale);
    return this.#fileSystem.run(operation);
  }

  #repeat(operation: FileOperation): unknown {
    if (isEnd(operation)) return undefined; // under way already, and closing twice could hit another file
    try {
      return this.#runSync(operation);
    } catch (error) {
      const isNameGone = operation.op === 'rename' || operation.op === 'remove';
      if (isNameGone && errorCode(error) === 'ENOENT') return undefined; // done already
      throw error;
    }
  }

  async #closeStale(outcome: () => unknown): Promise<void> {
    try {
      await this.#fileSystem.run({ op: 'close', fd: outcome() as number });
    } catch {
      // The open itself failed: there is nothing to close.
    }
  }
}

/** Whether no operation may use the same descriptor or bytes after this one. */
function isEnd({ op }: FileOperation): boolean {
  return op === 'close' || op === 'wipe';
}
