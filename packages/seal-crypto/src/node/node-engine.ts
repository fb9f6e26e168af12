import { createHash, hash } from 'node:crypto';
import type { DigestAlgorithm } from '../algorithms.js';
import { mapChunks } from '../chunks.js';
import type { DigestEngine, Hasher } from '../engine.js';
import type { Sha256Provider } from '../fsverity-levels.js';
import { FsVerityHasher, fsVerityNode } from '../fsverity-tree.js';

/**
 * `crypto.hash` is there in every supported Node (since 20.12 and 21.7) and costs less for one block than a
 * hash object; a string of one character a byte as its result costs less than a Buffer.
 */
const NODE_SHA256: Sha256Provider<Buffer> = {
  allocate: (sizeBytes) => Buffer.alloc(sizeBytes),
  hashInto(bytes, target, offset) {
    target.write(hash('sha256', bytes, 'binary'), offset, 'latin1');
  },
};

class Sha256Hasher implements Hasher {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Uint8Array {
    return new Uint8Array(this.#hash.digest());
  }

  /** OpenSSL frees its state, which holds at most one block of input, when the hash object goes. */
  destroy(): void {}
}

/** SHA-256 of the OpenSSL that Node was built with, plain and in the fs-verity tree. */
export const nodeEngine: DigestEngine = {
  name: 'node-crypto',
  algorithms: ['sha256', 'sha256-fsverity'],
  createHasher: (algorithm: DigestAlgorithm): Hasher =>
    algorithm === 'sha256' ? new Sha256Hasher() : new FsVerityHasher(NODE_SHA256),
  chunkDigests: {
    'sha256-fsverity': (bytes, firstChunk) =>
      mapChunks(bytes, firstChunk, (chunk) => fsVerityNode(NODE_SHA256, chunk)),
  },
};
