import { assertBytes } from './bytes.js';
import type { Hasher } from './engine.js';
import { SealError } from './seal-error.js';

/** What every engine's hasher promises to callers: arguments checked, and no use after its end. */
export class GuardedHasher implements Hasher {
  #hasher: Hasher | undefined;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  update(bytes: Uint8Array): void {
    const hasher = this.#live();
    assertBytes(bytes, 'bytes');
    hasher.update(bytes);
  }

  digest(): Uint8Array {
    const digest = this.#live().digest();
    this.#hasher = undefined;
    return digest;
  }

  destroy(): void {
    this.#hasher?.destroy();
    this.#hasher = undefined;
  }

  #live(): Hasher {
    if (this.#hasher !== undefined) return this.#hasher;
    throw new SealError('HASHER_FINISHED', 'This hasher has ended: create a new one for each digest');
  }
}
