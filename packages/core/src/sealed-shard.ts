import { type SealFields, type SerializedSeal, serializeSeal } from '@vram-residency/seal-crypto';

/** Who gives the memory of a shard back. */
export interface ShardOwner {
  release(shard: SealedShard): Promise<unknown>;
}

/** A shard that a manager holds sealed in device memory. Its manager stays alive as long as it does. */
export class SealedShard implements AsyncDisposable {
  readonly fields: SealFields;
  readonly #signature: Uint8Array;
  readonly #owner: ShardOwner;

  constructor(fields: SealFields, signature: Uint8Array, owner: ShardOwner) {
    this.fields = Object.freeze({ ...fields });
    this.#signature = signature;
    this.#owner = owner;
  }

  get shardId(): string {
    return this.fields.shardId;
  }

  /** The serialised seal (seal format, version 1): no pointer, no key. */
  toJSON(): SerializedSeal {
    return serializeSeal({ fields: this.fields, signature: this.#signature });
  }

  /** Releases the shard, as {@link VramManager.release} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner.release(this);
  }
}
