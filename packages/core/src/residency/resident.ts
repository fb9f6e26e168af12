import type { Allocation } from '@vram-residency/device';
import type { SealFields } from '@vram-residency/seal-crypto';
import { VramError } from '../errors.js';
import type { FullVerification } from '../verification/verification.js';

/** A sealed shard that the manager holds: its seal, its memory, and who uses it at the moment. */
export class Resident {
  readonly fields: SealFields;
  readonly signature: Uint8Array;
  readonly allocation: Allocation;
  readonly readOnly: boolean;
  /** Monotonic time at which the last full verification that succeeded began; sealing is the first. */
  verifiedAtMs: number;
  /** The full verification that began last, while it runs. */
  verifying: Promise<FullVerification> | undefined;
  #users = 0;
  readonly #idle: (() => void)[] = [];
  #releasing: Promise<Release> | undefined;

  constructor(seal: {
    readonly fields: SealFields;
    readonly signature: Uint8Array;
    readonly allocation: Allocation;
    readonly readOnly: boolean;
    readonly verifiedAtMs: number;
  }) {
    this.fields = seal.fields;
    this.signature = seal.signature;
    this.allocation = seal.allocation;
    this.readOnly = seal.readOnly;
    this.verifiedAtMs = seal.verifiedAtMs;
  }

  get shardId(): string {
    return this.fields.shardId;
  }

  get users(): number {
    return this.#users;
  }

  /** Whether a release has begun, or is over. */
  get released(): boolean {
    return this.#releasing !== undefined;
  }

  /**
   * Takes the shard into use: it is not released until the function that this returns is called.
   *
   * @throws VramError `SHARD_RELEASED` if a release has begun
   */
  use(): () => void {
    if (this.released) {
      throw new VramError('SHARD_RELEASED', `The shard ${this.shardId} was released`, {
        shardId: this.shardId,
      });
    }
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
   * `deallocate` fails, the next call runs it again: it fails only where the memory was not given back.
   */
  release(deallocate: () => Promise<Release>): Promise<Release> {
    if (this.#releasing === undefined || this.#releaseFailed) {
      this.#releaseFailed = false;
      this.#releasing = this.#whenIdle().then(deallocate);
      this.#releasing.catch(() => {
        this.#releaseFailed = true;
      });
    }
    return this.#releasing;
  }

  #releaseFailed = false;

  #whenIdle(): Promise<void> {
    if (this.#users === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}

/** A release whose memory was given back. */
export interface Release {
  readonly result: ReleaseResult;
  /** Settles with the record of it; the memory is gone whatever comes of that. */
  readonly recorded: Promise<void>;
}

/** What a release did. */
export interface ReleaseResult {
  readonly freedBytes: number;
  /** Whether every byte was overwritten with zero before the memory was given back. */
  readonly zeroed: boolean;
}
