import type { DigestAlgorithm } from '@vram-residency/seal-crypto';

/** The numbers of `vram_digest_algorithm` (vram/digest.h). */
export const ALGORITHM_NUMBERS: Readonly<Record<DigestAlgorithm, number>> = {
  blake3: 0,
  'sha256-fsverity': 1,
  sha256: 2,
};
