import { DIGEST_BYTES } from './algorithms.js';
import { assertBytes } from './bytes.js';

/** Checks of arguments that every engine for records makes. @throws TypeError, RangeError */
export const recordArguments = {
  batch(bytes: Uint8Array, maxBytes: number): void {
    assertBytes(bytes, 'bytes');
    if (bytes.length > maxBytes) {
      throw new RangeError(`Expected at most ${maxBytes} bytes but received ${bytes.length}`);
    }
  },

  key(key: Uint8Array): void {
    assertBytes(key, 'key');
    if (key.length !== DIGEST_BYTES) throw new RangeError(`Expected a key of ${DIGEST_BYTES} bytes`);
  },

  /** Lines `first` to `end - 1` lie in `least` to `most - 1`. */
  lines(first: number, end: number, least: number, most: number): void {
    if (!Number.isInteger(first) || !Number.isInteger(end) || first < least || end < first || end > most) {
      throw new RangeError(`Expected lines from ${least} to ${most}`);
    }
  },

  nodes(nodes: Uint8Array, maxNodes: number): void {
    assertBytes(nodes, 'nodes');
    if (nodes.length % (2 * DIGEST_BYTES) !== 0 || nodes.length > maxNodes * DIGEST_BYTES) {
      throw new RangeError(`Expected pairs of nodes, at most ${maxNodes} nodes`);
    }
  },
};
