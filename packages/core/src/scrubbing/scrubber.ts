import { setTimeout as delay } from 'node:timers/promises';
import { assertInteger, assertOptions } from '../arguments.js';
import { systemClock } from '../clock.js';
import { VramError } from '../errors.js';
import type { ManagerState } from '../manager/manager-state.js';
import type { Recorder } from '../recording/recorder.js';
import type { Resident } from '../residency/resident.js';
import type { Residents } from '../residency/residents.js';
import type { SealVerifier } from '../verification/seal-verifier.js';

export interface ScrubOptions {
  /** How many bytes per second are verified on average, at most. */
  readonly bytesPerSecond: number;
}

export interface ScrubberParts {
  readonly residents: Residents;
  readonly verifier: SealVerifier;
  readonly state: ManagerState;
  readonly recorder: Recorder;
}

/** How long is waited where there is nothing to verify: no shard, or a worker that is stopped. */
const IDLE_MS = 100;

/** Verifies what is resident again and again in the background, the shard first whose last verification is oldest. */
export class Scrubber implements AsyncDisposable {
  /** Resolves when it has ended: it was stopped, or its manager closed. Never rejects. */
  readonly ended: Promise<void>;
  readonly #parts: ScrubberParts;
  readonly #bytesPerSecond: number;
  readonly #ending = new AbortController();

  /** @throws TypeError, RangeError */
  constructor(parts: ScrubberParts, options: ScrubOptions) {
    assertOptions('options', options);
    assertInteger('bytesPerSecond', options.bytesPerSecond, 1);
    this.#parts = parts;
    this.#bytesPerSecond = options.bytesPerSecond;
    this.ended = this.#run();
  }

  /** Ends once the verification that is under way has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const resident = this.#parts.state.current === 'ready' ? this.#next() : undefined;
      await this.#rest(resident === undefined ? IDLE_MS : await this.#verify(resident));
    }
  }

  #next(): Resident | undefined {
    return this.#parts.residents
      .all()
      .filter((resident) => resident.held)
      .sort((one, other) => one.verifiedAtMs - other.verifiedAtMs)[0];
  }

  /** @returns milliseconds that are left of those which the shard's bytes may take */
  async #verify(resident: Resident): Promise<number> {
    const beganMs = systemClock.monotonicMs();
    const endUse = resident.use();
    try {
      await this.#parts.verifier.verifyFully(resident, {}, { background: true });
    } catch (error) {
      // A failed verification was recorded, told, and has stopped the worker.
      const isTold = error instanceof VramError && error.code === 'VERIFICATION_FAILED';
      if (!isTold) this.#parts.recorder.report(error);
    } finally {
      endUse();
    }
    const dueMs = (resident.fields.vramBytes / this.#bytesPerSecond) * 1000;
    return Math.max(1, dueMs - (systemClock.monotonicMs() - beganMs));
  }

  async #rest(ms: number): Promise<void> {
    const options = { signal: this.#ending.signal, ref: false };
    await delay(Math.min(ms, MAX_TIMER_MS), undefined, options).catch(() => undefined); // the loop sees that it ends
  }
}

/** Longest time that a timer takes; a shard that would take longer is verified early. */
const MAX_TIMER_MS = 2 ** 31 - 1;
