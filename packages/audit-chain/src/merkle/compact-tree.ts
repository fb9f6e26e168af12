import { concatBytes } from '../bytes.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nodeHash } from '../hash/tree-hashes.js';

const HASH_BYTES = 32;

/**
 * An RFC 6962 tree that keeps only its frontier: the roots of its perfect subtrees, largest first. Appending
 * a leaf and computing the root cost O(log n) hashes; memory is at most 53 hashes.
 */
export class CompactTree {
  readonly #hashes: HashProvider;
  readonly #frontier: Uint8Array[] = [];
  #size = 0;

  constructor(hashes: HashProvider) {
    this.#hashes = hashes;
  }

  /**
   * Resumes the tree whose first `size` leaves have the given frontier.
   *
   * @throws RangeError if `frontier` has not as many hashes as `size` has 1 bits
   */
  static fromFrontier(hashes: HashProvider, size: number, frontier: readonly Uint8Array[]): CompactTree {
    if (frontier.length !== frontierLength(size)) {
      throw new RangeError(
        `Expected ${frontierLength(size)} hashes for a frontier of size ${size} but received ${frontier.length}`,
      );
    }
    const tree = new CompactTree(hashes);
    tree.#size = size;
    tree.#frontier.push(...frontier);
    return tree;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Roots of the perfect subtrees, largest first. */
  get frontier(): readonly Uint8Array[] {
    return [...this.#frontier];
  }

  append(leaf: Uint8Array): void {
    let subtree = leaf;
    // A leaf closes one perfect subtree for each trailing 1 bit of the old size.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      subtree = nodeHash(this.#hashes, this.#frontier.pop() as Uint8Array, subtree);
    }
    this.#frontier.push(subtree);
    this.#size++;
  }

  /**
   * Appends many leaves, level by level.
   *
   * @param leaves 32 bytes each
   * @param merkleLevel the parents of an even number of nodes, 32 bytes each
   */
  appendAll(leaves: Uint8Array, merkleLevel: (nodes: Uint8Array) => Uint8Array): void {
    const closed: Uint8Array[] = [];
    let nodes = leaves;
    for (let rest = this.#size; nodes.length > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) nodes = concatBytes(this.#frontier.pop() as Uint8Array, nodes);
      const single = nodes.length % (2 * HASH_BYTES);
      const pairs = nodes.subarray(0, nodes.length - single);
      if (single > 0) closed.push(new Uint8Array(nodes.subarray(pairs.length))); // a copy: levels are the engine's memory
      nodes = pairs.length === 0 ? pairs : merkleLevel(pairs);
    }
    this.#frontier.push(...closed.reverse());
    this.#size += leaves.length / HASH_BYTES;
  }

  /** The Merkle tree hash; SHA-256 of nothing for the empty tree. */
  root(): Uint8Array {
    let root = this.#frontier.at(-1);
    if (root === undefined) return this.#hashes.sha256();
    for (let i = this.#frontier.length - 2; i >= 0; i--) {
      root = nodeHash(this.#hashes, this.#frontier[i] as Uint8Array, root);
    }
    return root;
  }

  clone(): CompactTree {
    return CompactTree.fromFrontier(this.#hashes, this.#size, this.#frontier);
  }
}

/** Number of perfect subtrees of a tree of `size` leaves: the 1 bits of `size`. */
export function frontierLength(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** Numbers of leaves of the perfect subtrees of a tree of `size` leaves, largest first. */
export function perfectWidths(size: number): readonly number[] {
  const found: number[] = [];
  for (let bit = 2 ** 52; bit >= 1; bit /= 2) {
    if (Math.floor(size / bit) % 2 === 1) found.push(bit);
  }
  return found;
}
