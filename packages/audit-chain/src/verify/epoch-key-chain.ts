import type { HashProvider, MacKey } from '../hash/hash-provider.js';
import { epochMacKey, epochMacKeyBytes, nextEpochSecret } from '../keys/epoch-keys.js';

/** Every so many epochs the secret is kept, so that a record of an earlier epoch can be checked as well. */
const LANDMARK_INTERVAL = 1024;
/** Epochs derived before the event loop gets its turn. */
const SLICE = 4096;

/** More epochs than allowed would have to be derived; MACs then are not checked at all. */
export class TooManyEpochs extends Error {
  override readonly name = 'TooManyEpochs';
}

/** The MAC keys of a log from its root key on, derived as they are needed. */
export class EpochKeyChain {
  readonly #hashes: HashProvider;
  readonly #landmarks: Uint8Array[];
  #stepsLeft: number;
  readonly #secret: Uint8Array;
  #epoch = 0;
  #key: MacKey | undefined;

  /** @param maxEpochs most epochs that are derived, those derived again for a record out of order included */
  constructor(hashes: HashProvider, rootKey: Uint8Array, maxEpochs: number) {
    this.#hashes = hashes;
    this.#stepsLeft = maxEpochs;
    this.#landmarks = [Uint8Array.from(rootKey)];
    this.#secret = Uint8Array.from(rootKey);
  }

  /**
   * Moves to `epoch`; a promise only where that takes long.
   *
   * @throws {@link TooManyEpochs}
   */
  moveTo(epoch: number, signal?: AbortSignal): Promise<void> | undefined {
    if (epoch === this.#epoch) return undefined;
    this.#key?.destroy();
    this.#key = undefined;
    if (epoch < this.#epoch) this.#goBack(epoch);
    const steps = epoch - this.#epoch;
    if (steps > this.#stepsLeft) throw new TooManyEpochs(`Epoch ${epoch} is ${steps} epochs away`);
    this.#stepsLeft -= steps;
    if (steps > SLICE) return this.#deriveInSlices(epoch, signal);
    this.#derive(epoch);
    return undefined;
  }

  /** The key of the epoch moved to. */
  get key(): MacKey {
    this.#key ??= epochMacKey(this.#hashes, this.#secret);
    return this.#key;
  }

  /** Its bytes, for the caller to overwrite. */
  keyBytes(): Uint8Array {
    return epochMacKeyBytes(this.#hashes, this.#secret);
  }

  destroy(): void {
    this.#key?.destroy();
    this.#secret.fill(0);
    for (const secret of this.#landmarks) secret.fill(0);
  }

  #goBack(epoch: number): void {
    const landmark = Math.floor(epoch / LANDMARK_INTERVAL);
    this.#secret.set(this.#landmarks[landmark] as Uint8Array);
    this.#epoch = landmark * LANDMARK_INTERVAL;
  }

  async #deriveInSlices(epoch: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#epoch < epoch) {
      this.#derive(Math.min(epoch, this.#epoch + SLICE));
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
  }

  #derive(epoch: number): void {
    while (this.#epoch < epoch) {
      const next = nextEpochSecret(this.#hashes, this.#secret);
      this.#secret.set(next);
      next.fill(0);
      this.#epoch++;
      if (this.#epoch === this.#landmarks.length * LANDMARK_INTERVAL) {
        this.#landmarks.push(Uint8Array.from(this.#secret));
      }
    }
  }
}
