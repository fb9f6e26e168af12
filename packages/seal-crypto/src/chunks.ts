import {
  assertDigestAlgorithm,
  DIGEST_BYTES,
  type DigestAlgorithm,
  type TreeAlgorithm,
} from './algorithms.js';
import { blake3RootFromNodes } from './blake3-tree.js';
import { assertBytes, describe } from './bytes.js';
import { fsVerityDigestFromNodes } from './fsverity-tree.js';
import { NOBLE_SHA256 } from './noble-sha256.js';
import { SealError } from './seal-error.js';

/**
 * Bytes of one chunk: 512 KiB, a complete subtree of BLAKE3 and what one level-1 block of fs-verity covers.
 */
export const CHUNK_BYTES = 524_288;

/** Where some bytes lie within the input whose tree their chunks belong to. */
export interface ChunkRange {
  /** Number of the chunk that the bytes begin with. Default 0. */
  readonly firstChunk?: number;
  /**
   * Size of the whole input in bytes. May be left out unless it decides: the first chunk alone is the whole
   * tree of a short input, and a node in the tree of a longer one.
   */
  readonly sizeBytes?: number;
}

/**
 * How many chunks an input has: an empty input has one, empty.
 *
 * @throws RangeError if `sizeBytes` is not a safe integer of at least 0.
 */
export function chunkCount(sizeBytes: number): number {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new RangeError('Expected sizeBytes to be a safe integer of at least 0');
  }
  return Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES));
}

/**
 * Checks that bytes are whole chunks of their input, at a place inside it. Without a range they are the whole
 * input.
 *
 * @returns The number of their first chunk, and whether the input is that one chunk alone.
 * @throws RangeError if they are not, or if the input's size decides and is not given.
 */
export function locateChunks(
  bytes: Uint8Array,
  range: ChunkRange = { sizeBytes: bytes.length },
): { readonly firstChunk: number; readonly isWholeInput: boolean } {
  const { firstChunk = 0, sizeBytes } = range;
  if (!Number.isSafeInteger(firstChunk) || firstChunk < 0) {
    throw new RangeError('Expected firstChunk to be a safe integer of at least 0');
  }
  if (sizeBytes === undefined) {
    if (firstChunk === 0 && bytes.length <= CHUNK_BYTES) {
      throw new RangeError('Expected sizeBytes to be given, for the first chunk may be the whole input');
    }
    return { firstChunk, isWholeInput: false };
  }
  const chunks = chunkCount(sizeBytes);
  if (firstChunk >= chunks) throw new RangeError(`Expected firstChunk to be less than ${chunks}`);
  const restBytes = sizeBytes - firstChunk * CHUNK_BYTES;
  if (bytes.length > restBytes) {
    throw new RangeError(
      `Expected at most ${restBytes} bytes from firstChunk on but received ${bytes.length}`,
    );
  }
  if (bytes.length < restBytes && (bytes.length === 0 || bytes.length % CHUNK_BYTES !== 0)) {
    throw new RangeError(`Expected bytes to end where a chunk of ${CHUNK_BYTES} bytes or the input ends`);
  }
  return { firstChunk, isWholeInput: chunks === 1 };
}

/** Applies `digest` to each chunk of some bytes, the last of which may be shorter, and to its number. */
export function mapChunks(
  bytes: Uint8Array,
  firstChunk: number,
  digest: (chunk: Uint8Array, number: number) => Uint8Array,
): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, i) =>
    digest(bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES), firstChunk + i),
  );
}

/**
 * The digest of a whole input from the digests of all its chunks, in order.
 *
 * @param sizeBytes Size of the whole input.
 * @throws SealError `UNSUPPORTED` for `sha256`, which is no tree.
 * @throws RangeError if the number of chunks does not fit the size, or a chunk's digest is not 32 bytes long.
 * @throws TypeError if a chunk's digest is not a Uint8Array.
 */
export function digestFromChunks(
  algorithm: DigestAlgorithm,
  chunks: readonly Uint8Array[],
  sizeBytes: number,
): Uint8Array {
  assertTreeAlgorithm(algorithm);
  if (!Array.isArray(chunks)) {
    throw new TypeError(`Expected chunks to be an array but received ${describe(chunks)}`);
  }
  if (chunks.length !== chunkCount(sizeBytes)) {
    throw new RangeError(`Expected ${chunkCount(sizeBytes)} chunk digests but received ${chunks.length}`);
  }
  for (const [i, chunk] of chunks.entries()) {
    assertBytes(chunk, `chunks[${i}]`);
    if (chunk.length !== DIGEST_BYTES) {
      throw new RangeError(
        `Expected chunks[${i}] to have ${DIGEST_BYTES} bytes but received ${chunk.length}`,
      );
    }
  }
  if (chunks.length === 1) return Uint8Array.from(chunks[0] as Uint8Array);
  if (algorithm === 'blake3') return blake3RootFromNodes(chunks);
  return fsVerityDigestFromNodes(NOBLE_SHA256, chunks, sizeBytes);
}

/** @throws SealError `UNSUPPORTED` for `sha256`, which is no tree; RangeError for an unknown algorithm. */
export function assertTreeAlgorithm(algorithm: DigestAlgorithm): asserts algorithm is TreeAlgorithm {
  assertDigestAlgorithm(algorithm);
  if (algorithm === 'sha256') {
    throw new SealError(
      'UNSUPPORTED',
      'sha256 is sequential and has no chunk digests: use blake3 or sha256-fsverity',
    );
  }
}
