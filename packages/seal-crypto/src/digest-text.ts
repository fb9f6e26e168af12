import {
  assertDigestAlgorithm,
  DIGEST_BYTES,
  type DigestAlgorithm,
  isDigestAlgorithm,
} from './algorithms.js';
import { assertBytes, describe } from './bytes.js';
import { fromHex, toHex } from './hex.js';
import { SealError } from './seal-error.js';

/** A digest and what computed it. */
export interface NamedDigest {
  readonly algorithm: DigestAlgorithm;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

/**
 * Reads `sha256:<hex>`, `blake3:<hex>`, `sha256-fsverity:<hex>`, or hex alone if there is a default
 * algorithm. Hex digits of either case are taken, since published digests come in both.
 *
 * @throws SealError `MALFORMED_DIGEST` if it is none of these.
 * @throws TypeError if `text` is not a string.
 * @throws RangeError if `defaultAlgorithm` names no algorithm.
 */
export function parseDigest(text: string, defaultAlgorithm?: DigestAlgorithm): NamedDigest {
  if (typeof text !== 'string')
    throw new TypeError(`Expected a digest as string but received ${describe(text)}`);
  if (defaultAlgorithm !== undefined) assertDigestAlgorithm(defaultAlgorithm);
  const colon = text.indexOf(':');
  const algorithm = colon < 0 ? defaultAlgorithm : text.slice(0, colon);
  const hex = text.slice(colon + 1);
  if (algorithm === undefined) {
    throw new SealError(
      'MALFORMED_DIGEST',
      'The digest names no algorithm: write blake3:…, sha256:… or sha256-fsverity:…',
    );
  }
  if (!isDigestAlgorithm(algorithm)) {
    throw new SealError(
      'MALFORMED_DIGEST',
      'The digest names an unknown algorithm: blake3, sha256-fsverity and sha256 are known',
    );
  }
  if (!/^(?:[0-9a-f]{64}|[0-9A-F]{64})$/.test(hex)) {
    throw new SealError('MALFORMED_DIGEST', `The digest is not ${2 * DIGEST_BYTES} hex digits`);
  }
  return { algorithm, digest: fromHex(hex.toLowerCase()) };
}

/**
 * Writes `<algorithm>:<64 lower-case hex digits>`, which {@link parseDigest} reads.
 *
 * @throws RangeError if the algorithm is unknown or the digest is not 32 bytes long.
 * @throws TypeError if the digest is not a Uint8Array.
 */
export function formatDigest({ algorithm, digest }: NamedDigest): string {
  assertDigestAlgorithm(algorithm);
  assertBytes(digest, 'digest');
  if (digest.length !== DIGEST_BYTES) {
    throw new RangeError(`Expected digest to have ${DIGEST_BYTES} bytes but received ${digest.length}`);
  }
  return `${algorithm}:${toHex(digest)}`;
}
