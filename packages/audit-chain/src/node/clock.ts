/** Where the writer gets the time from. */
export interface Clock {
  /** Microseconds since 1970-01-01T00:00:00Z, as the machine's clock shows. */
  wallMicros(): number;
  /** Microseconds since some moment; never steps. */
  monotonicMicros(): number;
}

/** The machine's clocks. The wall clock has millisecond resolution, which is what the log then says. */
export const systemClock: Clock = {
  wallMicros: () => Date.now() * 1000,
  monotonicMicros: () => Math.round(performance.now() * 1000),
};
