import type { Allocation } from '@vram-residency/device';
import type { SealFields } from '@vram-residency/seal-crypto';
import { VramError } from '../errors.js';
import type { Deallocation } from '../memory/worker-memory.js';
import type { FullVerification } from '../verification/verification.js';

/** A sealed shard that the manager holds: its seal, its memory, and who uses it at the moment. */
export class Resident {
  readonly fields: SealFields;
  readonly signature: Uint8Array;
  readonly allocation: Allocation;
  /** Monotonic time at which the last full verification that succeeded began; sealing is the first. */
  verifiedAtMs: number;
  /** The full verification that is under way. */
  verifying: Promise<FullVerification> | undefined;
  #users = 0;
  readonly #idle: (() => void)[] = [];
  #releasing: Promise<Deallocation> | undefined;

  constructor(seal: {
    readonly fields: SealFields;
    readonly signature: Uint8Array;
    readonly allocation: Allocation;
    readonly verifiedAtMs: number;
  }) {
    this.fields = seal.fields;
    this.signature = seal.signature;
    this.allocation = seal.allocation;
    this.verifiedAtMs = seal.verifiedAtMs;
  }

  get shardId(): string {
    return this.fields.shardId;
  }

  /** Whether no release has begun, or one failed to give the memory back. */
  get held(): boolean {
    return this.#releasing === undefined;
  }

  /** @throws VramError `SHARD_RELEASED` */
  assertHeld(): void {
    if (this.held) return;
    const { shardId } = this;
    throw new VramError('SHARD_RELEASED', `The shard ${shardId} was released`, { shardId });
  }

  /**
   * Takes the shard into use: it is not released until the function that this returns is called.
   *
   * @throws VramError `SHARD_RELEASED` if a release has begun
   */
  use(): () => void {
    this.assertHeld();
    this.#users += 1;
    let inUse = true;
    return () => {
      if (!inUse) return;
      inUse = false;
      this.#users -= 1;
      if (this.#users === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
  }

  /**
   * Refuses new uses, waits for those there are, then runs `deallocate`; a later call gets the same promise. If
   * `deallocate` fails, the memory was not given back: the shard is held again, and may be released again.
   */
  release(deallocate: () => Promise<Deallocation>): Promise<Deallocation> {
    this.#releasing ??= this.#whenIdle()
      .then(deallocate)
      .catch((error: unknown) => {
        this.#releasing = undefined;
        throw error;
      });
    return this.#releasing;
  }

  #whenIdle(): Promise<void> {
    if (this.#users === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
