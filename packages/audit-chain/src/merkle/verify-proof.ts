import { equalBytes } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { nodeHash } from '../hash/tree-hashes.js';

/** No tree of at most 2^53 leaves needs more hashes in a proof. */
const MAX_PROOF_HASHES = 106;

/** What an inclusion proof states: the leaf at `index` is in the tree of `treeSize` leaves with that root. */
export interface InclusionStatement {
  readonly index: number;
  readonly treeSize: number;
  /** 32 bytes. */
  readonly leaf: Uint8Array;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
}

/**
 * Checks an inclusion proof (RFC 9162, section 2.1.3.2).
 *
 * @throws {@link AuditError} `INVALID_PROOF` if it does not prove the statement
 */
export function verifyInclusion(
  statement: InclusionStatement,
  proof: readonly Uint8Array[],
  hashes: HashProvider = nobleHashes,
): void {
  const { index, treeSize, leaf, rootHash } = statement;
  assertSizes(index, treeSize - 1, proof);
  let root = leaf;
  for (const { sibling, isLeft } of climb(index, treeSize - 1, proof)) {
    root = isLeft ? nodeHash(hashes, sibling, root) : nodeHash(hashes, root, sibling);
  }
  if (!equalBytes(root, rootHash)) throw invalid('the root is another');
}

/** What a consistency proof states: the older tree is the beginning of the newer. */
export interface ConsistencyStatement {
  /** At least 1. */
  readonly olderSize: number;
  readonly newerSize: number;
  /** 32 bytes. */
  readonly olderRoot: Uint8Array;
  /** 32 bytes. */
  readonly newerRoot: Uint8Array;
}

/**
 * Checks a consistency proof (RFC 9162, section 2.1.4.2).
 *
 * @throws {@link AuditError} `INVALID_PROOF` if it does not prove the statement
 */
export function verifyConsistency(
  statement: ConsistencyStatement,
  proof: readonly Uint8Array[],
  hashes: HashProvider = nobleHashes,
): void {
  const { olderSize, newerSize, olderRoot, newerRoot } = statement;
  assertSizes(olderSize - 1, newerSize - 1, proof);
  if (olderSize === newerSize) {
    if (proof.length > 0) throw invalid('trees of one size need no proof');
    if (!equalBytes(olderRoot, newerRoot)) throw invalid('the roots differ');
    return;
  }
  let at = olderSize - 1;
  let last = newerSize - 1;
  while (at % 2 === 1) {
    at = (at - 1) / 2;
    last = Math.floor(last / 2);
  }
  // Where the older tree is one perfect subtree its root begins the path and is not part of the proof.
  const [start, ...path] = at === 0 ? [olderRoot, ...proof] : proof;
  if (start === undefined) throw invalid('the proof is too short');
  let older = start;
  let newer = start;
  for (const { sibling, isLeft } of climb(at, last, path)) {
    if (isLeft) older = nodeHash(hashes, sibling, older);
    newer = isLeft ? nodeHash(hashes, sibling, newer) : nodeHash(hashes, newer, sibling);
  }
  if (!equalBytes(older, olderRoot)) throw invalid('the older root is another');
  if (!equalBytes(newer, newerRoot)) throw invalid('the newer root is another');
}

/**
 * Goes up from a node to the root along a proof: each sibling, and whether it stands to the left of the path.
 *
 * @param position of the node in its level
 * @param last position in that level
 */
function* climb(
  position: number,
  last: number,
  proof: readonly Uint8Array[],
): Generator<{ readonly sibling: Uint8Array; readonly isLeft: boolean }> {
  let at = position;
  let end = last;
  for (const sibling of proof) {
    if (end === 0) throw invalid('the proof is too long');
    const isLeft = at % 2 === 1 || at === end;
    yield { sibling, isLeft };
    // A node without a right neighbour stands for its parents as well, up to where it has a left one.
    while (isLeft && at % 2 === 0 && at !== 0) {
      at /= 2;
      end = Math.floor(end / 2);
    }
    at = Math.floor(at / 2);
    end = Math.floor(end / 2);
  }
  if (end !== 0) throw invalid('the proof is too short');
}

function assertSizes(first: number, last: number, proof: readonly Uint8Array[]): void {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || first > last) {
    throw invalid('the position is outside the tree');
  }
  if (proof.length > MAX_PROOF_HASHES || proof.some((hash) => hash.length !== 32)) {
    throw invalid('it is not a list of hashes');
  }
}

function invalid(why: string): AuditError {
  return new AuditError('INVALID_PROOF', `The proof does not hold: ${why}`);
}
