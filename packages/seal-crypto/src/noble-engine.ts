import { blake3 } from '@noble/hashes/blake3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { DigestAlgorithm } from './algorithms.js';
import { Blake3Tree } from './blake3-tree.js';
import { splitChunks } from './chunks.js';
import type { DigestEngine, Hasher } from './engine.js';
import { FsVerityTree, level1Hash, type Sha256Provider } from './fsverity-tree.js';

/** SHA-256 of @noble/hashes for the fs-verity tree. */
export const nobleSha256: Sha256Provider = {
  allocate: (sizeBytes) => new Uint8Array(sizeBytes),
  hashInto: (bytes, target, offset) => target.set(sha256(bytes), offset),
};

/** The reference engine, @noble/hashes: runs wherever JavaScript does. */
export const nobleEngine: DigestEngine = {
  name: 'noble',
  algorithms: ['blake3', 'sha256-fsverity', 'sha256'],
  createHasher(algorithm) {
    if (algorithm === 'sha256-fsverity') return new FsVerityTree(nobleSha256);
    return sequential(algorithm);
  },
  chunkDigests(algorithm, bytes, firstChunk) {
    return splitChunks(bytes).map((chunk, i) =>
      algorithm === 'blake3' ? blake3Node(chunk, firstChunk + i) : level1Hash(nobleSha256, chunk),
    );
  },
};

function sequential(algorithm: Exclude<DigestAlgorithm, 'sha256-fsverity'>): Hasher {
  const hash = algorithm === 'blake3' ? blake3.create() : sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest(),
    destroy: () => hash.destroy(),
  };
}

/** Chaining value of one chunk of a longer input; a chunk is 512 of BLAKE3's own chunks. */
function blake3Node(chunk: Uint8Array, index: number): Uint8Array {
  const tree = new Blake3Tree(index * 512);
  tree.update(chunk);
  return tree.node();
}
