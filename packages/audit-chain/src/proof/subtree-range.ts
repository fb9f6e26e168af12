/** The leaves from `start` up to but without `end`; a proof is a list of the roots of such subtrees. */
export interface SubtreeRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The subtrees whose roots prove that the leaf `index` is in the tree of `treeSize` leaves, in the proof's order:
 * from the leaf's sibling to the child of the root (RFC 6962, section 2.1.1).
 */
export function inclusionRanges(index: number, treeSize: number): readonly SubtreeRange[] {
  const ranges: SubtreeRange[] = [];
  let start = 0;
  let end = treeSize;
  while (end - start > 1) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The subtrees whose roots prove that the tree of `olderSize` leaves is the beginning of that of `newerSize`, in the
 * proof's order (RFC 6962, section 2.1.2).
 */
export function consistencyRanges(olderSize: number, newerSize: number): readonly SubtreeRange[] {
  const ranges: SubtreeRange[] = [];
  let start = 0;
  let end = newerSize;
  while (end !== olderSize) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    if (olderSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The subtree that ends where the older tree ends; the whole older tree is known to whoever checks the proof.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
