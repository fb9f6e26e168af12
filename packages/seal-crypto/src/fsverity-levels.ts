import { DIGEST_BYTES } from './algorithms.js';

/** Bytes of one block, both of data and of the tree. */
export const FSVERITY_BLOCK_BYTES = 4096;

/**
 * SHA-256 as the tree needs it: into a place in a buffer of the provider's own kind, so that nothing is
 * copied.
 */
export interface Sha256Provider<Target extends Uint8Array = Uint8Array> {
  /** A zeroed buffer. */
  allocate(sizeBytes: number): Target;
  /** Writes SHA-256 of `bytes` to `target` at `offset`. */
  hashInto(bytes: Uint8Array, target: Target, offset: number): void;
}

interface Level<Target> {
  /** The level's last block. It is hashed only when another hash follows: a single hash is the root. */
  readonly block: Target;
  usedBytes: number;
}

/**
 * The Merkle tree over hashes of blocks: a block holds 128 hashes, is padded with zeros, and its own hash
 * goes to the level above, until a level has one hash only. Holds one block a level.
 */
export class FsVerityLevels<Target extends Uint8Array = Uint8Array> {
  readonly #sha256: Sha256Provider<Target>;
  readonly #levels: Level<Target>[] = [];

  constructor(sha256: Sha256Provider<Target>) {
    this.#sha256 = sha256;
  }

  /** Hashes a block of data into the lowest level. */
  addBlock(block: Uint8Array): void {
    this.#hashInto(0, block);
  }

  /** Adds a hash to the lowest level. */
  addHash(hash: Uint8Array): void {
    const level = this.#levelWithRoom(0);
    level.block.set(hash, level.usedBytes);
    level.usedBytes += DIGEST_BYTES;
  }

  /** The root, or zeros if there was no block at all. Ends the tree. */
  root(): Uint8Array {
    for (let index = 0; ; index++) {
      const level = this.#levels[index];
      if (level === undefined) return new Uint8Array(DIGEST_BYTES);
      if (index === this.#levels.length - 1 && level.usedBytes === DIGEST_BYTES) {
        return Uint8Array.from(level.block.subarray(0, DIGEST_BYTES));
      }
      this.#hashInto(index + 1, level.block.fill(0, level.usedBytes));
    }
  }

  wipe(): void {
    for (const level of this.#levels) level.block.fill(0);
  }

  #hashInto(index: number, block: Uint8Array): void {
    const level = this.#levelWithRoom(index);
    this.#sha256.hashInto(block, level.block, level.usedBytes);
    level.usedBytes += DIGEST_BYTES;
  }

  #levelWithRoom(index: number): Level<Target> {
    let level = this.#levels[index];
    if (level === undefined) {
      level = { block: this.#sha256.allocate(FSVERITY_BLOCK_BYTES), usedBytes: 0 };
      this.#levels.push(level);
    } else if (level.usedBytes === FSVERITY_BLOCK_BYTES) {
      this.#hashInto(index + 1, level.block);
      level.usedBytes = 0;
    }
    return level;
  }
}
