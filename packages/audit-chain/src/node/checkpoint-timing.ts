import type { Clock } from './clock.js';
import type { CheckpointSchedule } from './writer-options.js';

/** A signer that failed is left alone for so long at most, in microseconds. */
const MAX_PAUSE_MICROS = 10_000_000;

/** Decides when a checkpoint is due (format page, section 4), and when a signer that failed is asked again. */
export class CheckpointTiming {
  readonly #schedule: Required<CheckpointSchedule>;
  readonly #clock: Clock;
  /** Monotonic time of the oldest uncovered record. */
  #uncoveredSince: number | undefined;
  #atOnce = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(schedule: Required<CheckpointSchedule>, clock: Clock) {
    this.#schedule = schedule;
    this.#clock = clock;
  }

  /** Records other than a checkpoint were written. */
  recordsWritten(critical: boolean): void {
    this.#uncoveredSince ??= this.#clock.monotonicMicros();
    if (critical && this.#schedule.afterCritical) this.#atOnce = true;
  }

  /** A checkpoint covers every record. */
  covered(): void {
    this.#uncoveredSince = undefined;
    this.#atOnce = false;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
  }

  /** A checkpoint is due with the next records, whatever the signer did before. */
  request(): void {
    this.#atOnce = true;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
  }

  /** The signer is asked again after the interval between checkpoints, or after 10 s if that is shorter. */
  signerFailed(): void {
    const pause = Math.min(this.#schedule.intervalMs * 1000, MAX_PAUSE_MICROS);
    this.#pausedUntil = this.#clock.monotonicMicros() + pause;
  }

  get signerIsPaused(): boolean {
    return this.#clock.monotonicMicros() < this.#pausedUntil;
  }

  /** @param uncovered number of records that no checkpoint covers */
  isDue(uncovered: number): boolean {
    if (uncovered === 0 || this.signerIsPaused) return false;
    const since = this.#uncoveredSince ?? this.#clock.monotonicMicros();
    return (
      this.#atOnce ||
      uncovered >= this.#schedule.records ||
      this.#clock.monotonicMicros() - since >= this.#schedule.intervalMs * 1000
    );
  }
}
