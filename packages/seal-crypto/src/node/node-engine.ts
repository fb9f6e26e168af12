import { createHash, hash } from 'node:crypto';
import { splitChunks } from '../chunks.js';
import type { DigestEngine } from '../engine.js';
import { FsVerityTree, level1Hash, type Sha256Provider } from '../fsverity-tree.js';

const provider: Sha256Provider = {
  allocate: (sizeBytes) => new Uint8Array(sizeBytes),
  hashInto: (bytes, target, offset) => target.set(hash('sha256', bytes, 'buffer'), offset),
};

/** SHA-256 of node:crypto, which uses the processor's SHA instructions. */
export const nodeEngine: DigestEngine = {
  name: 'node-crypto',
  algorithms: ['sha256-fsverity', 'sha256'],
  createHasher(algorithm) {
    if (algorithm === 'sha256-fsverity') return new FsVerityTree(provider);
    const sequential = createHash('sha256');
    return {
      update: (bytes) => {
        sequential.update(bytes);
      },
      digest: () => Uint8Array.from(sequential.digest()),
      destroy: () => undefined, // its state is freed with it; node:crypto offers no earlier end
    };
  },
  chunkDigests: (_algorithm, bytes) => splitChunks(bytes).map((chunk) => level1Hash(provider, chunk)),
};
