import { DIGEST_BYTES } from './algorithms.js';

/** Bytes of one block, both of data and of the tree. */
export const FSVERITY_BLOCK_BYTES = 4096;
const DESCRIPTOR_BYTES = 256;

/** SHA-256 as the tree needs it: into a place in a buffer of the provider's own kind, so that nothing is copied. */
export interface Sha256Provider<Target extends Uint8Array = Uint8Array> {
  /** A zeroed buffer. */
  allocate(sizeBytes: number): Target;
  /** Writes SHA-256 of `bytes` to `target` at `offset`. */
  hashInto(bytes: Uint8Array, target: Target, offset: number): void;
}

interface Level<Target> {
  /** Hashes of the blocks one level below, zero-padded; full at most until the next hash comes. */
  readonly block: Target;
  usedBytes: number;
  /** Whether a block of this level has been hashed already: then its only entry is not the root. */
  carried: boolean;
}

/**
 * The Merkle tree of fs-verity and the digest of its descriptor (Linux, Documentation/filesystems/fsverity.rst):
 * SHA-256, blocks of 4096 bytes, no salt, version 1. Holds one block of data and one block for each level.
 */
export class FsVerityTree<Target extends Uint8Array = Uint8Array> {
  readonly #sha256: Sha256Provider<Target>;
  readonly #data: Target;
  #dataBytes = 0;
  #sizeBytes = 0;
  /** Level 0 holds the hashes of data blocks; it has a hole where chunks were hashed elsewhere. */
  readonly #levels: (Level<Target> | undefined)[] = [];

  constructor(sha256: Sha256Provider<Target>) {
    this.#sha256 = sha256;
    this.#data = sha256.allocate(FSVERITY_BLOCK_BYTES);
  }

  update(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    let offset = 0;
    if (this.#dataBytes > 0) {
      offset = Math.min(FSVERITY_BLOCK_BYTES - this.#dataBytes, bytes.length);
      this.#keep(bytes.subarray(0, offset));
      if (this.#dataBytes < FSVERITY_BLOCK_BYTES) return;
      this.#push(0, this.#data);
      this.#dataBytes = 0;
    }
    for (; bytes.length - offset >= FSVERITY_BLOCK_BYTES; offset += FSVERITY_BLOCK_BYTES) {
      this.#push(0, bytes.subarray(offset, offset + FSVERITY_BLOCK_BYTES));
    }
    this.#keep(bytes.subarray(offset));
  }

  /** The file digest. */
  digest(): Uint8Array {
    this.#flushData();
    const digest = descriptorDigest(this.#sha256, this.#sizeBytes, this.#root());
    this.destroy();
    return digest;
  }

  /** Adds the hash of a level-1 block that was computed elsewhere, instead of the data under it. */
  pushLevel1(hash: Uint8Array, dataBytes: number): void {
    this.#sizeBytes += dataBytes;
    const level = this.#level(1);
    level.block.set(hash, level.usedBytes);
    level.usedBytes += DIGEST_BYTES;
  }

  destroy(): void {
    this.#data.fill(0);
    for (const level of this.#levels) level?.block.fill(0);
  }

  #keep(bytes: Uint8Array): void {
    this.#data.set(bytes, this.#dataBytes);
    this.#dataBytes += bytes.length;
  }

  #flushData(): void {
    if (this.#dataBytes === 0) return;
    this.#push(0, this.#data.fill(0, this.#dataBytes));
    this.#dataBytes = 0;
  }
  /** Hashes a block into the next free place of `level`. */
  #push(level: number, block: Uint8Array): void {
    const target = this.#level(level);
    this.#sha256.hashInto(block, target.block, target.usedBytes);
    target.usedBytes += DIGEST_BYTES;
  }

  /** A level with room for one more hash; a full block moves up first. */
  #level(index: number): Level<Target> {
    this.#levels[index] ??= {
      block: this.#sha256.allocate(FSVERITY_BLOCK_BYTES),
      usedBytes: 0,
      carried: false,
    };
    const level = this.#levels[index];
    if (level.usedBytes === FSVERITY_BLOCK_BYTES) this.#carry(index, level);
    return level;
  }

  #carry(index: number, level: Level<Target>): void {
    this.#push(index + 1, level.block);
    level.block.fill(0);
    level.usedBytes = 0;
    level.carried = true;
  }

  /** The only hash of the topmost level; zeros for an empty file. */
  #root(): Uint8Array {
    for (let index = 0; index < this.#levels.length; index++) {
      const level = this.#levels[index];
      if (level === undefined) continue;
      if (level.usedBytes === DIGEST_BYTES && !level.carried) return level.block.slice(0, DIGEST_BYTES);
      this.#carry(index, level);
    }
    return new Uint8Array(DIGEST_BYTES);
  }
}

/** Hash of a level-1 block: the zero-padded hashes of at most 128 data blocks, the last zero-padded itself. */
export function level1Hash<Target extends Uint8Array>(
  sha256: Sha256Provider<Target>,
  chunk: Uint8Array,
): Uint8Array {
  const block = sha256.allocate(FSVERITY_BLOCK_BYTES);
  for (let start = 0, used = 0; start < chunk.length; start += FSVERITY_BLOCK_BYTES, used += DIGEST_BYTES) {
    let data = chunk.subarray(start, start + FSVERITY_BLOCK_BYTES);
    if (data.length < FSVERITY_BLOCK_BYTES) {
      const padded = sha256.allocate(FSVERITY_BLOCK_BYTES);
      padded.set(data);
      data = padded;
    }
    sha256.hashInto(data, block, used);
  }
  const hash = sha256.allocate(DIGEST_BYTES);
  sha256.hashInto(block, hash, 0);
  return Uint8Array.from(hash);
}

/** struct fsverity_descriptor (include/uapi/linux/fsverity.h): version, hash, log2 of the block size, size, root. */
function descriptorDigest<Target extends Uint8Array>(
  sha256: Sha256Provider<Target>,
  sizeBytes: number,
  root: Uint8Array,
): Uint8Array {
  const descriptor = sha256.allocate(DESCRIPTOR_BYTES);
  descriptor.set([1, 1, Math.log2(FSVERITY_BLOCK_BYTES), 0]);
  new DataView(descriptor.buffer, descriptor.byteOffset).setBigUint64(8, BigInt(sizeBytes), true);
  descriptor.set(root, 16);
  const digest = sha256.allocate(DIGEST_BYTES);
  sha256.hashInto(descriptor, digest, 0);
  return Uint8Array.from(digest);
}
