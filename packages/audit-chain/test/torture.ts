/** How often something is done: a number that suits every run of the tests, or the large one of `pnpm torture`. */
export function timesOf(usual: number, torture: number): number {
  return process.env['AUDIT_CHAIN_TORTURE'] === undefined ? usual : torture;
}

/** Random numbers from 0 to 1 that come again with the same seed. */
export interface Seed {
  readonly value: number;
  next(): number;
}

/** A new seed, or the one in `AUDIT_CHAIN_SEED`. */
export function newSeed(): number {
  return Number(process.env['AUDIT_CHAIN_SEED'] ?? Math.floor(Math.random() * 0x1_0000_0000));
}

export function seedOf(value: number = newSeed()): Seed {
  let state = value;
  return {
    value,
    // mulberry32
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
    },
  };
}
