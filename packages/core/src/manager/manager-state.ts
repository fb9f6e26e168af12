import { VramError } from '../errors.js';
import type { ManagerEvents } from './manager-events.js';

/**
 * - `starting`: the policy is being evaluated and what is resident verified, before the worker is ready again.
 * - `ready`: seals, verifies and executes.
 * - `stopped`: after a failed verification or a policy violation; verifying, releasing and recovering are allowed.
 * - `closed`: for good.
 */
export type WorkerState = 'starting' | 'ready' | 'stopped' | 'closed';

/** The state of the worker, and the only place that changes it. */
export class ManagerState {
  readonly #events: ManagerEvents;
  #current: WorkerState = 'ready';

  constructor(events: ManagerEvents) {
    this.#events = events;
  }

  get current(): WorkerState {
    return this.#current;
  }

  /** @throws VramError `MANAGER_CLOSED`, `WORKER_STOPPED` */
  assertReady(): void {
    this.assertOpen();
    if (this.#current !== 'ready') {
      throw new VramError('WORKER_STOPPED', 'The worker is stopped; recover it first');
    }
  }

  /** @throws VramError `MANAGER_CLOSED` */
  assertOpen(): void {
    if (this.#current === 'closed') throw new VramError('MANAGER_CLOSED', 'The manager is closed');
  }

  /** Stops the worker; tells of it if it was at work. */
  stop(reason: string): void {
    const wasReady = this.#current === 'ready';
    if (this.#current !== 'closed') this.#current = 'stopped';
    if (wasReady) this.#events.emit('stopped', { reason });
  }

  /**
   * Makes a stopped worker ready if `check` finds nothing wrong and `record` can be made; it stays stopped otherwise.
   *
   * @throws VramError `MANAGER_CLOSED`, `WORKER_NOT_STOPPED`, `WORKER_STOPPED`; whatever `check` or `record` throws
   */
  async recover(check: () => Promise<void>, record: () => Promise<void>): Promise<void> {
    this.assertOpen();
    if (this.#current !== 'stopped') {
      throw new VramError('WORKER_NOT_STOPPED', `The worker is ${this.#current}, not stopped`);
    }
    this.#current = 'starting';
    try {
      await check();
      this.#assertStarting();
      await record();
      this.#assertStarting();
    } catch (error) {
      this.stop('recovery_failed');
      throw error;
    }
    this.#current = 'ready';
  }

  /** A verification of another call may have failed meanwhile, and the manager may have been closed. */
  #assertStarting(): void {
    this.assertOpen();
    if (this.#current === 'starting') return;
    throw new VramError('WORKER_STOPPED', 'The worker was stopped again while it was recovered');
  }

  close(): void {
    this.#current = 'closed';
  }
}
