/** The MAC secret of one epoch, E[epoch]. Whatever prints or serialises it shows the epoch only. */
export class KeyState {
  readonly epoch: number;
  readonly #secret: Uint8Array;

  /** @param secret 32 bytes; owned by this object from here on */
  constructor(epoch: number, secret: Uint8Array) {
    this.epoch = epoch;
    this.#secret = secret;
  }

  /** The 32 bytes themselves, not a copy. A method: inspection runs getters. */
  secret(): Uint8Array {
    return this.#secret;
  }

  /** Overwrites the secret. */
  destroy(): void {
    this.#secret.fill(0);
  }
}
