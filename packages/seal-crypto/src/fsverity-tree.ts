import { DIGEST_BYTES } from './algorithms.js';
import { FSVERITY_BLOCK_BYTES, FsVerityLevels, type Sha256Provider } from './fsverity-levels.js';

const DESCRIPTOR_BYTES = 256;
const VERSION = 1;
const HASH_SHA256 = 1;
const LOG2_BLOCK_BYTES = 12;

/** The fs-verity digest over bytes that come in pieces. Holds one block of data and one block a level. */
export class FsVerityHasher<Target extends Uint8Array = Uint8Array> {
  readonly #sha256: Sha256Provider<Target>;
  readonly #levels: FsVerityLevels<Target>;
  readonly #data = new Uint8Array(FSVERITY_BLOCK_BYTES);
  #dataBytes = 0;
  #sizeBytes = 0;

  constructor(sha256: Sha256Provider<Target>) {
    this.#sha256 = sha256;
    this.#levels = new FsVerityLevels(sha256);
  }

  update(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    let offset = 0;
    if (this.#dataBytes > 0) {
      offset = Math.min(FSVERITY_BLOCK_BYTES - this.#dataBytes, bytes.length);
      this.#keep(bytes.subarray(0, offset));
      if (this.#dataBytes < FSVERITY_BLOCK_BYTES) return;
      this.#levels.addBlock(this.#data);
      this.#dataBytes = 0;
    }
    for (; bytes.length - offset >= FSVERITY_BLOCK_BYTES; offset += FSVERITY_BLOCK_BYTES) {
      this.#levels.addBlock(bytes.subarray(offset, offset + FSVERITY_BLOCK_BYTES));
    }
    this.#keep(bytes.subarray(offset));
  }

  digest(): Uint8Array {
    if (this.#dataBytes > 0) this.#levels.addBlock(this.#data.fill(0, this.#dataBytes));
    const digest = descriptorDigest(this.#sha256, this.#sizeBytes, this.#levels.root());
    this.destroy();
    return digest;
  }

  destroy(): void {
    this.#data.fill(0);
    this.#levels.wipe();
  }

  #keep(bytes: Uint8Array): void {
    this.#data.set(bytes, this.#dataBytes);
    this.#dataBytes += bytes.length;
  }
}

/** The hash of the level-1 block over at most 128 blocks of data. */
export function fsVerityNode<Target extends Uint8Array>(
  sha256: Sha256Provider<Target>,
  bytes: Uint8Array,
): Uint8Array {
  const level1 = sha256.allocate(FSVERITY_BLOCK_BYTES);
  let hashOffset = 0;
  for (let offset = 0; offset < bytes.length; offset += FSVERITY_BLOCK_BYTES) {
    const block = bytes.subarray(offset, offset + FSVERITY_BLOCK_BYTES);
    sha256.hashInto(block.length === FSVERITY_BLOCK_BYTES ? block : padded(block), level1, hashOffset);
    hashOffset += DIGEST_BYTES;
  }
  return sha256Of(sha256, level1);
}

/** The digest of an input of `sizeBytes` from the hashes of its level-1 blocks, at least two. */
export function fsVerityDigestFromNodes(
  sha256: Sha256Provider,
  nodes: readonly Uint8Array[],
  sizeBytes: number,
): Uint8Array {
  const levels = new FsVerityLevels(sha256);
  for (const node of nodes) levels.addHash(node);
  return descriptorDigest(sha256, sizeBytes, levels.root());
}

/**
 * The digest of `struct fsverity_descriptor` (Linux, Documentation/filesystems/fsverity.rst): version 1,
 * SHA-256, blocks of 4096 bytes, no salt, no signature.
 */
function descriptorDigest<Target extends Uint8Array>(
  sha256: Sha256Provider<Target>,
  sizeBytes: number,
  root: Uint8Array,
): Uint8Array {
  const descriptor = new Uint8Array(DESCRIPTOR_BYTES);
  descriptor.set([VERSION, HASH_SHA256, LOG2_BLOCK_BYTES]);
  new DataView(descriptor.buffer).setBigUint64(8, BigInt(sizeBytes), true);
  descriptor.set(root, 16);
  return sha256Of(sha256, descriptor);
}

function sha256Of<Target extends Uint8Array>(sha256: Sha256Provider<Target>, bytes: Uint8Array): Uint8Array {
  const digest = sha256.allocate(DIGEST_BYTES);
  sha256.hashInto(bytes, digest, 0);
  return Uint8Array.from(digest);
}

function padded(block: Uint8Array): Uint8Array {
  const whole = new Uint8Array(FSVERITY_BLOCK_BYTES);
  whole.set(block);
  return whole;
}
