import type { HashProvider } from '../hash/hash-provider.js';
import { CompactTree, perfectWidths } from '../merkle/compact-tree.js';

/**
 * A consistency proof from one tree to all that grow out of it (RFC 6962, section 2.1.2), kept up while leaves are
 * appended: no leaf is read again. One node hash for each leaf; memory is a few hashes for each level of the tree.
 */
export class GrowingConsistencyProof {
  readonly olderSize: number;
  readonly #hashes: HashProvider;
  /** Roots of the older tree's perfect subtrees by their number of leaves. */
  readonly #older: ReadonlyMap<number, Uint8Array>;
  /** Right siblings on the way from the end of the older tree to the root; only the last may be growing. */
  readonly #right: { readonly width: number; readonly tree: CompactTree }[] = [];

  /** @param older not empty; a copy is kept of what is needed */
  constructor(hashes: HashProvider, older: CompactTree) {
    this.olderSize = older.size;
    this.#hashes = hashes;
    const { frontier } = older;
    this.#older = new Map(perfectWidths(older.size).map((width, i) => [width, frontier[i] as Uint8Array]));
    if (frontier.length === 0) throw new RangeError('Expected an older tree that is not empty');
  }

  append(leaf: Uint8Array): void {
    let growing = this.#right.at(-1);
    if (growing === undefined || growing.tree.size === growing.width) {
      growing = { width: this.#widthAfter(growing?.width), tree: new CompactTree(this.#hashes) };
      this.#right.push(growing);
    }
    growing.tree.append(leaf);
  }

  /** The proof for the tree as it is now, from the bottom up; 32 bytes each. Nothing if it has not grown. */
  path(): readonly Uint8Array[] {
    if (this.#right.length === 0) return [];
    const smallest = Math.min(...this.#older.keys());
    // Whoever checks the proof knows the older root itself.
    const start = this.#older.size === 1 ? [] : [[smallest, this.#older.get(smallest)] as const];
    const left = [...this.#older].filter(([width]) => width !== smallest);
    const right = this.#right.map(({ width, tree }) => [width, tree.root()] as const);
    const siblings = [...left, ...right].sort(([a], [b]) => a - b);
    return [...start, ...siblings].map(([, root]) => root as Uint8Array);
  }

  /**
   * Width of the right sibling that comes next: the first is as wide as the older tree's smallest subtree, further ones
   * stand at the levels where the older tree has no subtree, because there the way up comes from the left.
   */
  #widthAfter(width: number | undefined): number {
    if (width === undefined) return Math.min(...this.#older.keys());
    let next = width * 2;
    while (this.#older.has(next)) next *= 2;
    return next;
  }
}
