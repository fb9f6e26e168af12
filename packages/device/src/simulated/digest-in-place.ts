import {
  type ChunkRange,
  type DigestAlgorithm,
  type DigestEngines,
  type Hasher,
  SealError,
} from '@vram-residency/seal-crypto';
import { DeviceError } from '../device-error.js';

/** Digests over simulated memory, with the errors of a device. */
export class DigestInPlace {
  readonly #engines: DigestEngines;

  constructor(engines: DigestEngines) {
    this.#engines = engines;
  }

  createHasher(algorithm: DigestAlgorithm): Hasher {
    return computing(algorithm, () => this.#engines.createHasher(algorithm));
  }

  chunkDigests(algorithm: DigestAlgorithm, bytes: Uint8Array, range: ChunkRange): Uint8Array[] {
    return computing(algorithm, () => this.#engines.chunkDigests(algorithm, bytes, range));
  }
}

/** The trees are computed in place; a sequential digest is not, so that nobody relies on it with a GPU. */
function computing<Result>(algorithm: DigestAlgorithm, compute: () => Result): Result {
  if (algorithm !== 'blake3' && algorithm !== 'sha256-fsverity') {
    throw new DeviceError('UNSUPPORTED_DIGEST', 'The digest in place is blake3 or sha256-fsverity');
  }
  try {
    return compute();
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause;
    const code = cause.code === 'UNSUPPORTED' ? 'UNSUPPORTED_DIGEST' : 'DEVICE_ERROR';
    throw new DeviceError(code, `No digest engine computes ${algorithm} here`, { cause });
  }
}
