import { assertDigestAlgorithm, DIGEST_ALGORITHMS, type DigestAlgorithm } from './algorithms.js';
import { assertBytes } from './bytes.js';
import { assertTreeAlgorithm, type ChunkRange, digestFromChunks, locateChunks } from './chunks.js';
import {
  type ByteSource,
  type DigestStreamOptions,
  digestSource,
  type StreamDigest,
} from './digest-stream.js';
import type { DigestEngine, Hasher, OpenFile } from './engine.js';
import { GuardedHasher } from './guarded-hasher.js';
import { SealError } from './seal-error.js';
import { assertSelfTest } from './self-test.js';

/** Which engine runs an algorithm, and which others were there. */
export interface EngineInfo {
  readonly algorithm: DigestAlgorithm;
  /** Name of the engine that runs; `undefined` if none may. */
  readonly engine: string | undefined;
  /** All engines in the order in which they are asked. */
  readonly candidates: readonly EngineCandidate[];
}

/** One engine, as it is judged for one algorithm. */
export interface EngineCandidate {
  readonly name: string;
  /** Whether the engine has the algorithm, and this runtime can run the engine. */
  readonly supported: boolean;
  readonly forbidden: boolean;
}

/**
 * Engines in order of preference. For each algorithm the first runs that supports it and is not forbidden;
 * each is tested against a known digest before its first use.
 */
export class DigestEngines {
  readonly #engines: readonly DigestEngine[];
  readonly #forbidden: ReadonlySet<string>;

  /**
   * @param options.forbid Names of engines that never run. Names of engines that are not there are taken too,
   *   so that one configuration serves several installations.
   * @throws RangeError if two engines have the same name.
   */
  constructor(engines: readonly DigestEngine[], options: { readonly forbid?: readonly string[] } = {}) {
    const names = new Set(engines.map((engine) => engine.name));
    if (names.size !== engines.length) throw new RangeError('Expected the names of engines to differ');
    this.#engines = [...engines];
    this.#forbidden = new Set(options.forbid);
  }

  /** The same engines with some more forbidden. */
  forbidding(...names: readonly string[]): DigestEngines {
    return new DigestEngines(this.#engines, { forbid: [...this.#forbidden, ...names] });
  }

  /**
   * An incremental hasher; used after its end it throws SealError `HASHER_FINISHED`.
   *
   * @throws SealError `UNSUPPORTED` if no engine may run the algorithm, `ENGINE_FAILED` if the one that may
   *   is broken.
   * @throws RangeError for an unknown algorithm.
   */
  createHasher(algorithm: DigestAlgorithm): Hasher {
    assertDigestAlgorithm(algorithm);
    return new GuardedHasher(this.#pickHasher(algorithm).createHasher(algorithm));
  }

  /**
   * The digest of bytes in memory. Throws as `createHasher` does, and TypeError for what is no Uint8Array.
   */
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array {
    assertBytes(bytes, 'bytes');
    const hasher = this.createHasher(algorithm);
    hasher.update(bytes);
    return hasher.digest();
  }

  /**
   * The digest of a stream, in flat memory. Lets the event loop run in between. Rejects with what the source
   * throws, with the signal's reason, and as `createHasher` throws.
   */
  async digestStream(
    algorithm: DigestAlgorithm,
    source: ByteSource,
    options?: DigestStreamOptions,
  ): Promise<StreamDigest> {
    return digestSource(this.createHasher(algorithm), source, options);
  }

  /**
   * The digest of an open file, if the engine that runs the algorithm reads files by itself, else `undefined`:
   * `digestFile` of the entry for Node then reads it. Throws as `createHasher` does.
   */
  digestOpenFile(
    algorithm: DigestAlgorithm,
    file: OpenFile,
    options: DigestStreamOptions = {},
  ): Promise<Uint8Array> | undefined {
    assertDigestAlgorithm(algorithm);
    return this.#pickHasher(algorithm).digestOpenFile?.(algorithm, file, options);
  }

  /**
   * The digest of each chunk of `bytes`, from which {@link digestFromChunks} gives the digest of the whole
   * input. The only chunk of an input of at most `CHUNK_BYTES` has the input's own digest.
   *
   * @param range Where `bytes` lie; without it they are the whole input.
   * @throws SealError `UNSUPPORTED` for `sha256`, which is no tree, or if no engine may compute them.
   * @throws RangeError if `bytes` are not whole chunks at a place inside the input.
   */
  chunkDigests(algorithm: DigestAlgorithm, bytes: Uint8Array, range?: ChunkRange): Uint8Array[] {
    assertTreeAlgorithm(algorithm);
    assertBytes(bytes, 'bytes');
    const { firstChunk, isWholeInput } = locateChunks(bytes, range);
    if (isWholeInput) return [this.digest(algorithm, bytes)];
    return this.#pick(algorithm, ({ chunkDigests }) => chunkDigests?.[algorithm])(bytes, firstChunk);
  }

  /** As the function {@link digestFromChunks}, for whoever holds engines: it needs none of them. */
  digestFromChunks(algorithm: DigestAlgorithm, chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
    return digestFromChunks(algorithm, chunks, sizeBytes);
  }

  /** Which engine runs each algorithm, for `doctor` and for bug reports. */
  engineInfo(): EngineInfo[] {
    return DIGEST_ALGORITHMS.map((algorithm) => {
      const candidates = this.#engines.map((engine) => ({
        name: engine.name,
        supported: engine.algorithms.includes(algorithm) && isAvailable(engine),
        forbidden: this.#forbidden.has(engine.name),
      }));
      const running = candidates.find(({ supported, forbidden }) => supported && !forbidden);
      return { algorithm, engine: running?.name, candidates };
    });
  }

  #pickHasher(algorithm: DigestAlgorithm): DigestEngine {
    return this.#pick(algorithm, (engine) => (engine.algorithms.includes(algorithm) ? engine : undefined));
  }

  /** What the first engine that has it and is not forbidden offers for an algorithm. */
  #pick<Offer>(algorithm: DigestAlgorithm, offer: (engine: DigestEngine) => Offer | undefined): Offer {
    for (const engine of this.#engines) {
      const offered = this.#forbidden.has(engine.name) ? undefined : offer(engine);
      if (offered === undefined || !isAvailable(engine)) continue;
      assertSelfTest(engine, algorithm);
      return offered;
    }
    const names = this.#engines.map(({ name }) => (this.#forbidden.has(name) ? `${name} (forbidden)` : name));
    throw new SealError(
      'UNSUPPORTED',
      `No digest engine for ${algorithm} among: ${names.join(', ') || 'none'}`,
    );
  }
}

function isAvailable(engine: DigestEngine): boolean {
  return engine.isAvailable?.() ?? true;
}
