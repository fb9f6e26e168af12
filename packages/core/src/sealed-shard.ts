import { type SealFields, type SerializedSeal, serializeSeal } from '@vram-residency/seal-crypto';

/** A shard that a manager holds sealed in device memory. */
export class SealedShard implements AsyncDisposable {
  readonly fields: SealFields;
  readonly #signature: Uint8Array;
  readonly #release: () => Promise<unknown>;

  constructor(fields: SealFields, signature: Uint8Array, release: () => Promise<unknown>) {
    this.fields = Object.freeze({ ...fields });
    this.#signature = signature;
    this.#release = release;
  }

  get shardId(): string {
    return this.fields.shardId;
  }

  /** The serialised seal (seal format, version 1): no pointer, no key. */
  toJSON(): SerializedSeal {
    return serializeSeal({ fields: this.fields, signature: this.#signature });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#release();
  }
}
