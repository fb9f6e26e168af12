import type { TreeAlgorithm } from './algorithms.js';
import { blake3RootFromNodes } from './blake3-tree.js';
import { FsVerityTree, type Sha256Provider } from './fsverity-tree.js';
import { SealError } from './seal-error.js';

/**
 * Bytes of a chunk: a complete subtree of 512 BLAKE3 chunks, and what one level-1 block of fs-verity covers.
 * Digests of chunks say which part of a shard changed, and let parts be verified on their own.
 */
export const CHUNK_BYTES = 524_288;

/** Views of the chunks in `bytes`; the last may be shorter. */
export function splitChunks(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    chunks.push(bytes.subarray(start, start + CHUNK_BYTES));
  }
  return chunks;
}

/**
 * The digest of a whole input from the digests of its chunks.
 *
 * @param sizeBytes size of the whole input; more than {@link CHUNK_BYTES}
 * @throws RangeError if the number of chunks is not that of an input of this size
 * @throws SealError `UNSUPPORTED` for an input of one chunk: no tree stands above it
 */
export function digestFromChunks(
  algorithm: TreeAlgorithm,
  chunks: readonly Uint8Array[],
  sizeBytes: number,
  sha256: Sha256Provider,
): Uint8Array {
  const expected = Math.ceil(sizeBytes / CHUNK_BYTES);
  if (!Number.isSafeInteger(sizeBytes) || chunks.length !== expected) {
    throw new RangeError(
      `Expected ${expected} chunk digests for ${sizeBytes} bytes but received ${chunks.length}`,
    );
  }
  if (chunks.length < 2)
    throw new SealError('UNSUPPORTED', 'An input of one chunk has no tree above its chunks');
  if (algorithm === 'blake3') return blake3RootFromNodes(chunks);
  const tree = new FsVerityTree(sha256);
  chunks.forEach((chunk, i) => {
    tree.pushLevel1(chunk, Math.min(CHUNK_BYTES, sizeBytes - i * CHUNK_BYTES));
  });
  return tree.digest();
}
