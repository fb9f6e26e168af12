import { checkInteger, DeviceError, type LoadedFile, type LoadOptions } from '@vram-residency/device';
import { DIGEST_BYTES, type DigestAlgorithm } from '@vram-residency/seal-crypto';
import type { NativeResult, RequestMembers } from './addon.js';
import { ALGORITHM_NUMBERS } from './algorithm-numbers.js';

/** In the order in which the addon writes their digests. */
const ALGORITHMS: readonly DigestAlgorithm[] = (Object.keys(ALGORITHM_NUMBERS) as DigestAlgorithm[]).sort(
  (one, other) => ALGORITHM_NUMBERS[one] - ALGORITHM_NUMBERS[other],
);

/** One load of a file: what is asked of the addon for it, and what comes of its answer. */
export class FileLoad {
  readonly members: RequestMembers;
  readonly signal: AbortSignal;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #bytes: Uint8Array;
  /** Aborted with what `onLoaded` threw. */
  readonly #failing = new AbortController();

  /**
   * @throws {RangeError} for a descriptor that cannot be one
   * @throws {DeviceError} `UNSUPPORTED_DIGEST`
   */
  constructor(descriptor: number, options: LoadOptions) {
    const { length, offset = 0, digests = [], signal, onLoaded } = options;
    checkInteger(descriptor, 'descriptor', 0);
    this.#algorithms = ALGORITHMS.filter((algorithm) => digests.includes(algorithm));
    if (!digests.every((algorithm) => ALGORITHMS.includes(algorithm))) {
      throw new DeviceError('UNSUPPORTED_DIGEST', 'A digest of the host is one of seal-crypto’s');
    }
    this.#bytes = new Uint8Array(this.#algorithms.length * DIGEST_BYTES);
    this.signal = AbortSignal.any([this.#failing.signal, ...(signal ? [signal] : [])]);
    const file = {
      descriptor,
      digests: this.#algorithms.reduce((mask, algorithm) => mask | (1 << ALGORITHM_NUMBERS[algorithm]), 0),
      onLoaded: (loadedBytes: number) => this.#tell(onLoaded, loadedBytes),
    };
    this.members = { offset, length, bytes: this.#bytes, file };
  }

  /** @throws what `onLoaded` threw */
  loaded({ loadedBytes }: NativeResult): LoadedFile {
    this.#failing.signal.throwIfAborted();
    const digests = this.#algorithms.map((algorithm, i) => {
      const digest = this.#bytes.slice(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);
      return [algorithm, digest] as const;
    });
    return { loadedBytes: loadedBytes as number, digests: new Map(digests) };
  }

  #tell(onLoaded: LoadOptions['onLoaded'], loadedBytes: number): void {
    if (this.signal.aborted) return;
    try {
      onLoaded?.(loadedBytes);
    } catch (error) {
      this.#failing.abort(error);
    }
  }
}
