import { blake3 } from '@noble/hashes/blake3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from './algorithms.js';
import { mapChunks } from './chunks.js';
import type { DigestEngine, Hasher } from './engine.js';
import { FsVerityHasher, fsVerityNode } from './fsverity-tree.js';
import { NOBLE_SHA256 } from './noble-sha256.js';

/**
 * The reference engine: noble's audited BLAKE3 and SHA-256. Runs everywhere, faster engines are compared with
 * it.
 */
export const nobleEngine: DigestEngine = {
  name: 'noble',
  algorithms: DIGEST_ALGORITHMS,
  createHasher(algorithm: DigestAlgorithm): Hasher {
    switch (algorithm) {
      case 'blake3':
        return blake3.create();
      case 'sha256-fsverity':
        return new FsVerityHasher(NOBLE_SHA256);
      case 'sha256':
        return sha256.create();
    }
  },
  chunkDigests: {
    'sha256-fsverity': (bytes, firstChunk) =>
      mapChunks(bytes, firstChunk, (chunk) => fsVerityNode(NOBLE_SHA256, chunk)),
  },
};
