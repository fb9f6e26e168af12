import type { HashProvider } from './hash-provider.js';

const LEAF_PREFIX: Uint8Array = Uint8Array.of(0);
const NODE_PREFIX: Uint8Array = Uint8Array.of(1);

/** Leaf hash of a record's line without its LF (RFC 6962, section 2.1). */
export function leafHash(hashes: HashProvider, line: Uint8Array): Uint8Array {
  return hashes.sha256(LEAF_PREFIX, line);
}

/** Interior node hash (RFC 6962, section 2.1). */
export function nodeHash(hashes: HashProvider, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashes.sha256(NODE_PREFIX, left, right);
}
