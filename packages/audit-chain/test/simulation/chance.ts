import { type Seed, seedOf } from '../torture.js';

/** Decides everything that a simulation leaves to chance, always alike for one seed. */
export class Chance {
  readonly #seed: Seed;

  constructor(seed: number) {
    this.#seed = seedOf(seed);
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.#seed.next() * (max - min + 1));
  }

  /** True with that probability. */
  happens(probability: number): boolean {
    return this.#seed.next() < probability;
  }

  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.integer(0, choices.length - 1)] as Choice;
  }

  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries<number>(weights) as [Name, number][];
    let left = this.#seed.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    return (entries.at(-1) as [Name, number])[0];
  }
}
