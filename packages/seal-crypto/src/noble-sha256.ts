import { sha256 } from '@noble/hashes/sha2.js';
import type { Sha256Provider } from './fsverity-levels.js';

/** SHA-256 by noble for the fs-verity tree. */
export const NOBLE_SHA256: Sha256Provider = {
  allocate: (sizeBytes) => new Uint8Array(sizeBytes),
  hashInto: (bytes, target, offset) => target.set(sha256(bytes), offset),
};
