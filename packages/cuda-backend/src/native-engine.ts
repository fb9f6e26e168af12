import {
  CHUNK_BYTES,
  type ChunkDigester,
  DIGEST_ALGORITHMS,
  DIGEST_BYTES,
  type DigestAlgorithm,
  type DigestEngine,
  type Hasher,
  type TreeAlgorithm,
} from '@vram-residency/seal-crypto';
import type { Addon, NativeHasher } from './addon.js';
import { ALGORITHM_NUMBERS } from './algorithm-numbers.js';
import { digestOpenFile } from './digest-open-file.js';
import { addonIfThere } from './load-addon.js';

/** A digest in native memory. */
class NativeDigest implements Hasher {
  readonly #addon: Addon;
  readonly #hasher: NativeHasher;

  constructor(addon: Addon, algorithm: DigestAlgorithm) {
    this.#addon = addon;
    this.#hasher = addon.createHasher(ALGORITHM_NUMBERS[algorithm]);
  }

  update(bytes: Uint8Array): void {
    this.#addon.updateHasher(this.#hasher, bytes);
  }

  digest(): Uint8Array {
    const digest = new Uint8Array(DIGEST_BYTES);
    this.#addon.finishHasher(this.#hasher, digest);
    return digest;
  }

  destroy(): void {
    this.#addon.wipeHasher(this.#hasher);
  }
}

/** The addon, which is there: an engine is only used where it is available. */
function addon(): Addon {
  return addonIfThere() as Addon;
}

function chunkDigester(algorithm: TreeAlgorithm): ChunkDigester {
  return (bytes, firstChunk) => {
    const nodes = new Uint8Array(Math.ceil(bytes.length / CHUNK_BYTES) * DIGEST_BYTES);
    addon().chunkNodes(ALGORITHM_NUMBERS[algorithm], bytes, firstChunk, nodes);
    return Array.from({ length: nodes.length / DIGEST_BYTES }, (_, i) =>
      nodes.slice(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES),
    );
  };
}

/**
 * The hash code of the native core: AVX2, AVX-512 or SHA instructions, whichever this processor has. Passed over where
 * the addon is missing. Needs no GPU.
 *
 * Updates are computed at once: 1 MiB takes less than a millisecond, and from 2 MiB on all processors take part. Files
 * are read and digested by all processors, away from the event loop.
 *
 * @example
 * const engines = defaultEngines(nativeEngine); // of @vram-residency/seal-crypto/node
 */
export const nativeEngine: DigestEngine = {
  name: 'native',
  algorithms: DIGEST_ALGORITHMS,
  isAvailable: () => addonIfThere() !== undefined,
  createHasher: (algorithm) => new NativeDigest(addon(), algorithm),
  chunkDigests: {
    blake3: chunkDigester('blake3'),
    'sha256-fsverity': chunkDigester('sha256-fsverity'),
  },
  digestOpenFile: (algorithm, file, options) => digestOpenFile(addon(), algorithm, file, options),
};
