import type { Clock } from '../src/node/clock.js';

/** A clock that a test sets. */
export class TestClock implements Clock {
  wall = Date.UTC(2026, 0, 2, 3, 4, 5) * 1000;
  monotonic = 0;

  wallMicros(): number {
    return this.wall;
  }

  monotonicMicros(): number {
    return this.monotonic;
  }

  pass(micros: number): void {
    this.wall += micros;
    this.monotonic += micros;
  }
}
