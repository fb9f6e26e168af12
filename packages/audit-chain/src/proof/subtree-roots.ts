import type { HashProvider } from '../hash/hash-provider.js';
import { CompactTree, frontierLength, perfectWidths } from '../merkle/compact-tree.js';
import type { SubtreeRange } from './subtree-range.js';

/** Computes the roots of several disjoint subtrees while the leaves pass by once; memory is a few hashes for each. */
export class SubtreeRoots {
  readonly #ranges: readonly SubtreeRange[];
  readonly #trees: readonly CompactTree[];
  #position: number;

  private constructor(ranges: readonly SubtreeRange[], trees: readonly CompactTree[], position: number) {
    this.#ranges = ranges;
    this.#trees = trees;
    this.#position = position;
  }

  /**
   * Starts at the leaf `size`; what is known of the leaves before is the frontier of their tree.
   *
   * @returns `undefined` if a root wanted lies within one of the frontier's subtrees, where nothing is known any more
   */
  static from(
    hashes: HashProvider,
    ranges: readonly SubtreeRange[],
    size: number,
    frontier: readonly Uint8Array[],
  ): SubtreeRoots | undefined {
    const trees = ranges.map((range) => beginning(hashes, range, size, frontier));
    return trees.every((tree) => tree !== undefined) ? new SubtreeRoots(ranges, trees, size) : undefined;
  }

  append(leaf: Uint8Array): void {
    const at = this.#position++;
    const index = this.#ranges.findIndex(({ start, end }) => start <= at && at < end);
    this.#trees[index]?.append(leaf);
  }

  /** In the order of the ranges; `undefined` if the leaves ended before the last of them. */
  roots(): readonly Uint8Array[] | undefined {
    const complete = this.#trees.every((tree, i) => {
      const { start, end } = this.#ranges[i] as SubtreeRange;
      return tree.size === end - start;
    });
    return complete ? this.#trees.map((tree) => tree.root()) : undefined;
  }
}

/** The tree of a range as far as the frontier of the first `size` leaves holds it. */
function beginning(
  hashes: HashProvider,
  { start, end }: SubtreeRange,
  size: number,
  frontier: readonly Uint8Array[],
): CompactTree | undefined {
  const known = Math.min(end, size);
  if (known <= start) return new CompactTree(hashes);
  const inside: Uint8Array[] = [];
  let at = 0;
  for (const [i, width] of perfectWidths(size).entries()) {
    if (start <= at && at + width <= known) inside.push(frontier[i] as Uint8Array);
    else if (at < known && at + width > start) return undefined;
    at += width;
  }
  return frontierLength(known - start) === inside.length
    ? CompactTree.fromFrontier(hashes, known - start, inside)
    : undefined;
}
