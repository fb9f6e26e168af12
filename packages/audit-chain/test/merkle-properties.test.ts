import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex, utf8 } from '../src/bytes.js';
import { nobleHashes } from '../src/hash/noble-hashes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { CompactTree } from '../src/merkle/compact-tree.js';
import { verifyConsistency, verifyInclusion } from '../src/merkle/verify-proof.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { GrowingConsistencyProof } from '../src/proof/growing-consistency-proof.js';
import { consistencyRanges, inclusionRanges, type SubtreeRange } from '../src/proof/subtree-range.js';
import { SubtreeRoots } from '../src/proof/subtree-roots.js';
import { PlainTree, plainLeaf } from './oracle/plain-tree.js';

const leaf = (index: number): Uint8Array => leafHash(hashes, utf8(`entry ${index}`));
const INVALID = expect.objectContaining({ code: 'INVALID_PROOF' });

function compactTree(size: number): CompactTree {
  const tree = new CompactTree(hashes);
  for (let i = 0; i < size; i++) tree.append(leaf(i));
  return tree;
}

function plainTree(size: number): PlainTree {
  const tree = new PlainTree();
  for (let i = 0; i < size; i++) tree.append(plainLeaf(utf8(`entry ${i}`)));
  return tree;
}

/** The roots of subtrees, from the leaves `start` on and the frontier of those before. */
function rootsOf(
  ranges: readonly SubtreeRange[],
  size: number,
  start: number,
): readonly Uint8Array[] | undefined {
  const subtrees = SubtreeRoots.from(hashes, ranges, start, compactTree(start).frontier);
  for (let i = start; i < size; i++) subtrees?.append(leaf(i));
  return subtrees?.roots();
}

const sizes = fc.integer({ min: 1, max: 130 });

test('the compact tree is the naive tree, root and frontier, also resumed anywhere', () => {
  fc.assert(
    fc.property(sizes, fc.nat(130), (size, cut) => {
      const plain = plainTree(size);
      const start = Math.min(cut, size);
      const resumed = CompactTree.fromFrontier(hashes, start, compactTree(start).frontier);
      for (let i = start; i < size; i++) resumed.append(leaf(i));
      for (const tree of [compactTree(size), resumed]) {
        expect(toHex(tree.root())).toBe(plain.root().toString('hex'));
        expect(tree.frontier.map(toHex)).toEqual(plain.frontier().map((hash) => hash.toString('hex')));
      }
    }),
  );
});

test('every inclusion proof verifies, also of a pruned log; a changed one does not', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), fc.nat(255), (size, some, cut, where) => {
      const index = some % size;
      const start = cut % (index + 1);
      const path = rootsOf(inclusionRanges(index, size), size, start) as readonly Uint8Array[];
      const statement = { index, treeSize: size, leaf: leaf(index), rootHash: compactTree(size).root() };
      expect(() => verifyInclusion(statement, path, nobleHashes)).not.toThrow();
      for (const wrong of spoiled(path, where)) {
        expect(() => verifyInclusion(statement, wrong, hashes)).toThrow(INVALID);
      }
      const elsewhere = { ...statement, index: (index + 1) % size };
      if (size > 1) expect(() => verifyInclusion(elsewhere, path, hashes)).toThrow(INVALID);
    }),
  );
});

test('every consistency proof verifies, also of a pruned log; a changed one does not', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), fc.nat(255), (newerSize, some, cut, where) => {
      const olderSize = 1 + (some % newerSize);
      const start = cut % (olderSize + 1);
      const path = rootsOf(consistencyRanges(olderSize, newerSize), newerSize, start);
      // Within a frontier's subtree nothing is known any more; between the sizes everything is.
      if (path === undefined) return expect(start).toBeGreaterThan(0);
      const olderRoot = compactTree(olderSize).root();
      const statement = { olderSize, newerSize, olderRoot, newerRoot: compactTree(newerSize).root() };
      expect(() => verifyConsistency(statement, path, nobleHashes)).not.toThrow();
      for (const wrong of spoiled(path, where)) {
        expect(() => verifyConsistency(statement, wrong, hashes)).toThrow(INVALID);
      }
      return undefined;
    }),
  );
});

test('whoever is at the older size can always prove from there on', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (newerSize, some) => {
      const olderSize = 1 + (some % newerSize);
      expect(rootsOf(consistencyRanges(olderSize, newerSize), newerSize, olderSize)).toBeDefined();
    }),
  );
});

test('too few leaves give no roots', () => {
  const subtrees = SubtreeRoots.from(hashes, inclusionRanges(2, 7), 0, []);
  for (let i = 0; i < 6; i++) subtrees?.append(leaf(i));
  expect(subtrees?.roots()).toBeUndefined();
});

/** Proofs that differ from a good one in one bit, in their order, or in their length. */
function spoiled(path: readonly Uint8Array[], where: number): readonly Uint8Array[][] {
  const at = path.length === 0 ? 0 : where % path.length;
  const bitFlipped = path.map((hash, i) =>
    i === at ? hash.map((byte, j) => (j === where % 32 ? byte ^ (1 << (where % 8)) : byte)) : hash,
  );
  const longer = [...path, leaf(where)];
  const others = path.length === 0 ? [] : [bitFlipped, path.slice(1), path.slice(0, -1)];
  return path.length > 1 ? [...others, longer, path.toReversed()] : [...others, longer];
}

test('a consistency proof that grows with the tree is the one that reading all leaves gives', () => {
  for (let older = 1; older <= 33; older++) {
    const growing = new GrowingConsistencyProof(hashes, compactTree(older));
    expect(growing.path()).toEqual([]);
    for (let size = older + 1; size <= 66; size++) {
      growing.append(leaf(size - 1));
      expect(growing.path()).toEqual(rootsOf(consistencyRanges(older, size), size, 0));
    }
  }
  expect(() => new GrowingConsistencyProof(hashes, compactTree(0))).toThrow(RangeError);
});
