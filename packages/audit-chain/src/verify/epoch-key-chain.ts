import type { HashProvider, MacKey } from '../hash/hash-provider.js';
import { epochMacKey, nextEpochSecret } from '../keys/epoch-keys.js';

/** More epochs than allowed would have to be derived; MACs then are not checked at all. */
export class TooManyEpochs extends Error {
  override readonly name = 'TooManyEpochs';
}

/** The MAC keys of a log from its root key on, derived as they are needed. */
export class EpochKeyChain {
  readonly #hashes: HashProvider;
  readonly #maxEpochs: number;
  #secret: Uint8Array;
  #epoch = 0;
  #key: MacKey;

  constructor(hashes: HashProvider, rootKey: Uint8Array, maxEpochs: number) {
    this.#hashes = hashes;
    this.#maxEpochs = maxEpochs;
    this.#secret = Uint8Array.from(rootKey);
    this.#key = epochMacKey(hashes, this.#secret);
  }

  /**
   * The key of `epoch`; `undefined` for one before the last asked for, which only a record with a wrong epoch asks.
   *
   * @throws {@link TooManyEpochs}
   */
  at(epoch: number): MacKey | undefined {
    if (epoch > this.#maxEpochs) throw new TooManyEpochs(`Epoch ${epoch} is beyond ${this.#maxEpochs}`);
    if (epoch < this.#epoch) return undefined;
    if (epoch > this.#epoch) {
      for (; this.#epoch < epoch; this.#epoch++) {
        const next = nextEpochSecret(this.#hashes, this.#secret);
        this.#secret.fill(0);
        this.#secret = next;
      }
      this.#key.destroy();
      this.#key = epochMacKey(this.#hashes, this.#secret);
    }
    return this.#key;
  }

  destroy(): void {
    this.#key.destroy();
    this.#secret.fill(0);
  }
}
