import { VramError } from '../errors.js';
import { SealedShard, type ShardOwner } from '../sealed-shard.js';
import type { Resident } from './resident.js';

/** The shards that a manager holds, the ids that it is about to hold, and whose handles are whose. */
export class Residents {
  readonly #held = new Map<string, Resident>();
  readonly #sealing = new Set<string>();
  readonly #handles = new WeakMap<SealedShard, Resident>();

  get size(): number {
    return this.#held.size;
  }

  /** Those that are held, in the order in which they were sealed. */
  all(): Resident[] {
    return [...this.#held.values()];
  }

  get(shardId: string): Resident | undefined {
    return this.#held.get(shardId);
  }

  /** What a handle made here stands for, released or not. */
  of(shard: SealedShard): Resident | undefined {
    return this.#handles.get(shard);
  }

  /** Makes a handle for its user. */
  handle(resident: Resident, owner: ShardOwner): SealedShard {
    const shard = new SealedShard(resident.fields, resident.signature, owner);
    this.#handles.set(shard, resident);
    return shard;
  }

  /**
   * Keeps an id for the seal that `sealing` makes, and holds what it makes.
   *
   * @throws VramError `SHARD_EXISTS`; whatever `sealing` throws
   */
  async hold(shardId: string, sealing: () => Promise<Resident>): Promise<Resident> {
    if (this.#held.has(shardId) || this.#sealing.has(shardId)) {
      throw new VramError('SHARD_EXISTS', `The shard ${shardId} is resident or being sealed`, { shardId });
    }
    this.#sealing.add(shardId);
    try {
      const resident = await sealing();
      this.#held.set(shardId, resident);
      return resident;
    } finally {
      this.#sealing.delete(shardId);
    }
  }

  forget({ shardId }: Resident): void {
    this.#held.delete(shardId);
  }
}
