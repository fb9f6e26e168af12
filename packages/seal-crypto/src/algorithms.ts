/** The digests that a seal may name, the default first. All are 32 bytes long. */
export const DIGEST_ALGORITHMS = ['blake3', 'sha256-fsverity', 'sha256'] as const;

/**
 * - `blake3`: BLAKE3, equals `b3sum FILE`.
 * - `sha256-fsverity`: the fs-verity file digest (version 1, SHA-256, 4096-byte blocks, no salt), equals
 *   `fsverity digest --compact FILE`.
 * - `sha256`: plain SHA-256 (FIPS 180-4), equals `sha256sum FILE`. Sequential: for comparing on the host.
 *
 * The first two are trees, so that a GPU can compute them where the bytes are.
 */
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** The algorithms whose digest is the root of a tree, and that chunk digests exist for. */
export type TreeAlgorithm = Exclude<DigestAlgorithm, 'sha256'>;

/** Length of every digest in bytes. */
export const DIGEST_BYTES = 32;

/** Whether `value` names a digest algorithm. */
export function isDigestAlgorithm(value: unknown): value is DigestAlgorithm {
  return DIGEST_ALGORITHMS.some((algorithm) => algorithm === value);
}

/** @throws RangeError if `value` names no digest algorithm. */
export function assertDigestAlgorithm(value: unknown): asserts value is DigestAlgorithm {
  if (!isDigestAlgorithm(value)) {
    throw new RangeError(`Expected algorithm to be one of ${DIGEST_ALGORITHMS.join(', ')}`);
  }
}
