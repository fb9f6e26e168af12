import { describe, expect, test } from 'vitest';
import { fromHex, utf8 } from '../src/bytes.js';
import { nobleHashes } from '../src/hash/noble-hashes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { verifyConsistency, verifyInclusion } from '../src/merkle/verify-proof.js';
import { merkleVectors } from './vectors.js';

const bytes = (hex: string) => fromHex(hex, 32) as Uint8Array;
const root = (size: number) => bytes(merkleVectors.roots[size] as string);
const INVALID = expect.objectContaining({ code: 'INVALID_PROOF' });
const flipped = (hash: Uint8Array) => hash.map((byte, i) => (i === 0 ? byte ^ 1 : byte));

/** Every proof that differs from a good one in one hash, or in its length. */
function spoiled(proof: readonly Uint8Array[]): Uint8Array[][] {
  const changed = proof.map((hash, i) => proof.with(i, flipped(hash)));
  const longer = [...proof, new Uint8Array(32)];
  return proof.length > 0 ? [...changed, longer, proof.slice(0, -1)] : [longer];
}

describe.each(merkleVectors.inclusion.map((vector) => [vector.index, vector.size, vector] as const))(
  'record %i of %i',
  (index, treeSize, vector) => {
    const proof = vector.proof.map(bytes);
    const leaf = leafHash(nobleHashes, utf8(`entry ${index}`));
    const statement = { index, treeSize, leaf, rootHash: root(treeSize) };

    test('is included, and nothing else is', () => {
      expect(() => verifyInclusion(statement, proof)).not.toThrow();
      for (const bad of spoiled(proof)) expect(() => verifyInclusion(statement, bad)).toThrow(INVALID);
      expect(() => verifyInclusion({ ...statement, leaf: flipped(leaf) }, proof)).toThrow(INVALID);
      expect(() => verifyInclusion({ ...statement, rootHash: flipped(statement.rootHash) }, proof)).toThrow(
        INVALID,
      );
      expect(() => verifyInclusion({ ...statement, index: treeSize }, proof)).toThrow(INVALID);
    });
  },
);

describe.each(merkleVectors.consistency.map((vector) => [vector.from, vector.to, vector] as const))(
  'the tree of %i',
  (olderSize, newerSize, vector) => {
    const proof = vector.proof.map(bytes);
    const statement = { olderSize, newerSize, olderRoot: root(olderSize), newerRoot: root(newerSize) };

    test('is the beginning of the newer, and no other is', () => {
      expect(() => verifyConsistency(statement, proof)).not.toThrow();
      for (const bad of spoiled(proof)) expect(() => verifyConsistency(statement, bad)).toThrow(INVALID);
      expect(() =>
        verifyConsistency({ ...statement, olderRoot: flipped(statement.olderRoot) }, proof),
      ).toThrow(INVALID);
      expect(() =>
        verifyConsistency({ ...statement, newerRoot: flipped(statement.newerRoot) }, proof),
      ).toThrow(INVALID);
    });
  },
);
