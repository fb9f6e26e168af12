/** Where time comes from. */
export interface Clock {
  /** Milliseconds since 1970, for what stands in seals and records. */
  now(): number;
  /** Milliseconds from any fixed point, never going back, for ages and intervals. */
  monotonicMs(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** RFC 3339 in UTC with six fractional digits, as seals and records write it. */
export function formatTimestamp(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
