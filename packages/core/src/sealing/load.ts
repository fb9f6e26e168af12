import { type Allocation, DeviceError } from '@vram-residency/device';
import type { DigestAlgorithm, DigestEngines } from '@vram-residency/seal-crypto';
import { VramError } from '../errors.js';
import type { OpenSource } from './model-source.js';
import type { SealProgress } from './seal-options.js';

/** What was read, as the host saw it. */
export interface Loaded {
  /** Whether the source gave exactly as many bytes as it has, and did not change meanwhile. */
  readonly intact: boolean;
  /** The host's digests of what was read, by algorithm. */
  readonly digests: ReadonlyMap<DigestAlgorithm, Uint8Array>;
}

interface LoadOptions {
  readonly engines: DigestEngines;
  readonly algorithms: readonly DigestAlgorithm[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SealProgress) => void) | undefined;
}

/** Copies a source into device memory, and computes the wanted digests of what is copied. */
export function load(source: OpenSource, allocation: Allocation, options: LoadOptions): Promise<Loaded> {
  // Not through JavaScript, where the device reads files itself.
  if (source.descriptor !== undefined && allocation.load !== undefined) {
    return loadFile(source, source.descriptor, allocation.load.bind(allocation), options);
  }
  return loadPieces(source, allocation, options);
}

/** @throws VramError `SOURCE_UNREADABLE` */
async function loadFile(
  source: OpenSource,
  descriptor: number,
  loadInto: NonNullable<Allocation['load']>,
  { algorithms, signal, onProgress }: LoadOptions,
): Promise<Loaded> {
  const totalBytes = source.sizeBytes;
  const { loadedBytes, digests } = await loadInto(descriptor, {
    length: totalBytes,
    digests: algorithms,
    signal,
    onLoaded: (loadedBytes) => onProgress?.({ phase: 'loading', loadedBytes, totalBytes }),
  }).catch((cause: unknown) => {
    if (!(cause instanceof DeviceError) || cause.code !== 'FILE_UNREADABLE') throw cause;
    throw new VramError('SOURCE_UNREADABLE', 'The file cannot be read', { cause });
  });
  return { intact: loadedBytes === totalBytes && (await source.unchanged()), digests };
}

async function loadPieces(source: OpenSource, allocation: Allocation, options: LoadOptions): Promise<Loaded> {
  const { signal, onProgress } = options;
  const totalBytes = source.sizeBytes;
  const hashers = new Map(options.algorithms.map((name) => [name, options.engines.createHasher(name)]));
  let loadedBytes = 0;
  try {
    for await (const chunk of source.chunks()) {
      signal?.throwIfAborted();
      if (loadedBytes + chunk.length > totalBytes) return { intact: false, digests: new Map() };
      await allocation.write(loadedBytes, chunk, signal);
      for (const hasher of hashers.values()) hasher.update(chunk);
      loadedBytes += chunk.length;
      onProgress?.({ phase: 'loading', loadedBytes, totalBytes });
    }
    const intact = loadedBytes === totalBytes && (await source.unchanged());
    return { intact, digests: new Map([...hashers].map(([name, hasher]) => [name, hasher.digest()])) };
  } finally {
    for (const hasher of hashers.values()) hasher.destroy();
  }
}
