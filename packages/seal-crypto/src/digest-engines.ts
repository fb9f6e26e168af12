import {
  assertDigestAlgorithm,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  type TreeAlgorithm,
} from './algorithms.js';
import { assertBytes } from './bytes.js';
import { digestFromChunks } from './chunks.js';
import type { DigestEngine, Hasher } from './engine.js';
import { toHex } from './hex.js';
import { nobleSha256 } from './noble-engine.js';
import { SealError } from './seal-error.js';

/** Digests of 4097 bytes, byte i being i mod 251: what every engine must compute before it is used. */
const KNOWN_BYTES = 4097;
const KNOWN: Readonly<Record<DigestAlgorithm, string>> = {
  blake3: '9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995',
  'sha256-fsverity': 'b0d074abef4d544404facfab6ba242f6a8ccbde90f1325cd286f3c8aa8d0f8aa',
  sha256: 'a16560d668b843fb3be99ace41dbd18471f342bd3255a1d21204b35e43f74436',
};

/** Which engine runs an algorithm, and which others could. */
export interface EngineInfo {
  readonly algorithm: DigestAlgorithm;
  /** Name of the engine that runs it; `undefined` if every one that has it is forbidden. */
  readonly engine: string | undefined;
  /** All engines, in order of preference. */
  readonly candidates: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly forbidden: boolean;
  }[];
}

/** Engines in order of preference: for each algorithm the first that has it and is not forbidden runs. */
export class DigestEngines {
  readonly #engines: readonly DigestEngine[];
  readonly #forbidden: ReadonlySet<string>;
  readonly #tested = new Set<string>();

  /** @param options.forbid names of engines that must not run */
  constructor(engines: readonly DigestEngine[], options: { readonly forbid?: readonly string[] } = {}) {
    this.#engines = [...engines];
    this.#forbidden = new Set(options.forbid);
  }

  /** The same engines with some forbidden. */
  forbidding(...names: readonly string[]): DigestEngines {
    return new DigestEngines(this.#engines, { forbid: [...this.#forbidden, ...names] });
  }

  engineInfo(): EngineInfo[] {
    return DIGEST_ALGORITHMS.map((algorithm) => ({
      algorithm,
      engine: this.#find(algorithm)?.name,
      candidates: this.#engines.map(({ name, algorithms }) => ({
        name,
        supported: algorithms.includes(algorithm),
        forbidden: this.#forbidden.has(name),
      })),
    }));
  }

  /**
   * An incremental hasher; used after its end it throws SealError `HASHER_FINISHED`.
   *
   * @throws SealError `UNSUPPORTED` if no engine may run the algorithm, `ENGINE_FAILED` if it computes wrongly
   */
  createHasher(algorithm: DigestAlgorithm): Hasher {
    return guarded(this.#engine(algorithm).createHasher(algorithm));
  }

  /** Digest of `bytes`, 32 bytes. Throws as {@link createHasher}. */
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array {
    const hasher = this.createHasher(algorithm);
    hasher.update(bytes);
    return hasher.digest();
  }

  /** Digest of a stream, with flat memory. Throws as {@link createHasher}, and the reason of an aborted signal. */
  async digestStream(
    algorithm: DigestAlgorithm,
    stream: AsyncIterable<Uint8Array>,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (sizeBytes: number) => void } = {},
  ): Promise<{ readonly digest: Uint8Array; readonly sizeBytes: number }> {
    const hasher = this.createHasher(algorithm);
    let sizeBytes = 0;
    try {
      for await (const bytes of stream) {
        options.signal?.throwIfAborted();
        hasher.update(bytes);
        sizeBytes += bytes.length;
        options.onProgress?.(sizeBytes);
      }
      options.signal?.throwIfAborted();
      return { digest: hasher.digest(), sizeBytes };
    } finally {
      hasher.destroy();
    }
  }

  /**
   * Digests of the chunks of an input longer than one chunk, `CHUNK_BYTES` each; see `digestFromChunks`.
   *
   * @param options.firstChunk number of the chunk that `bytes` starts with; default 0
   * @throws SealError `UNSUPPORTED` for `sha256`, which is no tree, or where no engine has it
   */
  chunkDigests(
    algorithm: DigestAlgorithm,
    bytes: Uint8Array,
    { firstChunk = 0 }: { readonly firstChunk?: number } = {},
  ): Uint8Array[] {
    assertBytes(bytes, 'bytes');
    if (!Number.isSafeInteger(firstChunk) || firstChunk < 0) {
      throw new RangeError(`Expected firstChunk to be a chunk number but received ${firstChunk}`);
    }
    const tree = treeAlgorithm(algorithm);
    const engine = this.#engine(tree, (candidate) => candidate.chunkDigests !== undefined);
    return (engine.chunkDigests as NonNullable<DigestEngine['chunkDigests']>)(tree, bytes, firstChunk);
  }

  /**
   * The digest of a whole input from its chunk digests.
   *
   * @throws RangeError if their number does not fit the size
   * @throws SealError `UNSUPPORTED` for `sha256` and for inputs of one chunk
   */
  digestFromChunks(algorithm: DigestAlgorithm, chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
    return digestFromChunks(treeAlgorithm(algorithm), chunks, sizeBytes, nobleSha256);
  }

  #engine(algorithm: DigestAlgorithm, fits: (engine: DigestEngine) => boolean = () => true): DigestEngine {
    assertDigestAlgorithm(algorithm);
    const engine = this.#find(algorithm, fits);
    if (engine === undefined)
      throw new SealError('UNSUPPORTED', `No engine that is allowed computes ${algorithm}`);
    this.#test(engine, algorithm);
    return engine;
  }

  #find(
    algorithm: DigestAlgorithm,
    fits: (engine: DigestEngine) => boolean = () => true,
  ): DigestEngine | undefined {
    return this.#engines.find(
      (engine) => engine.algorithms.includes(algorithm) && !this.#forbidden.has(engine.name) && fits(engine),
    );
  }

  #test(engine: DigestEngine, algorithm: DigestAlgorithm): void {
    const id = `${engine.name} ${algorithm}`;
    if (this.#tested.has(id)) return;
    const hasher = engine.createHasher(algorithm);
    hasher.update(Uint8Array.from({ length: KNOWN_BYTES }, (_, i) => i % 251));
    if (toHex(hasher.digest()) !== KNOWN[algorithm]) {
      throw new SealError('ENGINE_FAILED', `The engine ${engine.name} computes a wrong ${algorithm} digest`);
    }
    this.#tested.add(id);
  }
}

function treeAlgorithm(algorithm: DigestAlgorithm): TreeAlgorithm {
  assertDigestAlgorithm(algorithm);
  if (algorithm === 'sha256')
    throw new SealError('UNSUPPORTED', 'sha256 is no tree: it has no chunk digests');
  return algorithm;
}

/** A hasher that checks its input and refuses to be used after its end. */
function guarded(hasher: Hasher): Hasher {
  let finished = false;
  const use = (): void => {
    if (finished) throw new SealError('HASHER_FINISHED', 'The hasher has ended: make a new one');
  };
  return {
    update(bytes) {
      use();
      assertBytes(bytes, 'bytes');
      hasher.update(bytes);
    },
    digest() {
      use();
      finished = true;
      return hasher.digest();
    },
    destroy() {
      if (finished) return;
      finished = true;
      hasher.destroy();
    },
  };
}
