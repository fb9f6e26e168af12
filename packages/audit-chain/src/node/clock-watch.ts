import { formatTimestamp } from '../timestamp.js';
import type { Clock } from './clock.js';

/** The wall clock may be slewed; what moves it further than this against the monotonic clock is a jump. */
const JUMP_MICROS = 60_000_000;

/** Compares the wall clock with the monotonic clock. */
export class ClockWatch {
  readonly #clock: Clock;
  #wall: number;
  #monotonic: number;
  #hasJumped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.wallMicros();
    this.#monotonic = clock.monotonicMicros();
  }

  /** The times from which and to which the wall clock jumped since the last call, if it did. */
  jump(): { readonly from: string; readonly to: string } | undefined {
    const wall = this.#clock.wallMicros();
    const monotonic = this.#clock.monotonicMicros();
    const expected = this.#wall + (monotonic - this.#monotonic);
    this.#wall = wall;
    this.#monotonic = monotonic;
    if (Math.abs(wall - expected) <= JUMP_MICROS) return undefined;
    this.#hasJumped = true;
    return { from: formatTimestamp(expected), to: formatTimestamp(wall) };
  }

  /** Whether the wall clock ever jumped since this object was made, until now. */
  get hasJumped(): boolean {
    const expected = this.#wall + (this.#clock.monotonicMicros() - this.#monotonic);
    return this.#hasJumped || Math.abs(this.#clock.wallMicros() - expected) > JUMP_MICROS;
  }
}
