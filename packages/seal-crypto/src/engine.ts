import type { DigestAlgorithm, TreeAlgorithm } from './algorithms.js';
import type { DigestStreamOptions } from './digest-stream.js';

/**
 * Digests bytes that come in pieces, of any length and split anywhere. Memory does not grow with the input.
 */
export interface Hasher {
  /** Takes the next bytes. They are not kept: the caller may overwrite them afterwards. */
  update(bytes: Uint8Array): void;
  /** The 32-byte digest of all bytes so far. Ends the hasher, which wipes what it held of the input. */
  digest(): Uint8Array;
  /** Ends the hasher without a digest and wipes what it held of the input. Idempotent. */
  destroy(): void;
}

/**
 * One implementation of some digests. Engines are used through `DigestEngines`, which checks arguments,
 * refuses a hasher that has ended, and tests each engine against a known digest before its first use: so an
 * engine only computes.
 */
export interface DigestEngine {
  /** Identifies the engine in `engineInfo()` and in `forbid`, such as `noble`. */
  readonly name: string;
  readonly algorithms: readonly DigestAlgorithm[];
  /** Whether this runtime can run the engine; absent if every one can. One that cannot is passed over. */
  readonly isAvailable?: () => boolean;
  createHasher(algorithm: DigestAlgorithm): Hasher;
  /** Digests of chunks, for each tree algorithm that the engine has them for. */
  readonly chunkDigests?: { readonly [Algorithm in TreeAlgorithm]?: ChunkDigester };
  /** Reads an open file by itself, away from the event loop; absent if the engine does not. */
  readonly digestOpenFile?: OpenFileDigester;
}

/** A file that is open for reading. It stays open until its digest is there. */
export interface OpenFile {
  /** The number by which the system knows it. */
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/**
 * The digest of the first `sizeBytes` bytes of a file. Rejects with the system's error, which has a `syscall` and a
 * `code`, if they cannot be read; with SealError `SOURCE_CHANGED` if there are fewer; with the signal's reason.
 */
export type OpenFileDigester = (
  algorithm: DigestAlgorithm,
  file: OpenFile,
  options: DigestStreamOptions,
) => Promise<Uint8Array>;

/**
 * Computes the node of the tree over each chunk of `bytes`, whose first byte is the first of chunk number
 * `firstChunk` of an input that is longer than one chunk. Only the input's last chunk is shorter than
 * `CHUNK_BYTES`.
 *
 * - `blake3`: the chunk's chaining value, not finalised as a root.
 * - `sha256-fsverity`: the hash of the chunk's level-1 block, which is zero-padded if the chunk is short.
 */
export type ChunkDigester = (bytes: Uint8Array, firstChunk: number) => Uint8Array[];
