import type { HashProvider } from '../hash/hash-provider.js';
import { nobleHashes } from '../hash/noble-hashes.js';
import { CompactTree } from '../merkle/compact-tree.js';
import { verifyConsistency, verifyInclusion } from '../merkle/verify-proof.js';
import type { LogSource } from '../source/log-source.js';
import { chooseCheckpoint, notProvable } from './choose-checkpoint.js';
import type { InclusionProof } from './inclusion-proof.js';
import { damaged, readLeaves, readTreeStart } from './log-leaves.js';
import { consistencyRanges, inclusionRanges } from './subtree-range.js';
import { SubtreeRoots } from './subtree-roots.js';

export interface ProveOptions {
  /** C2SP verifier key; default: the log's own. */
  readonly vkey?: string;
  /** The checkpoint to prove against, as text; default: the newest of the log. */
  readonly checkpoint?: string;
  /** Default: noble. */
  readonly hashes?: HashProvider;
  readonly signal?: AbortSignal;
}

/** A proof, and the record's line without its LF: who checks the proof needs both. */
export interface ProvenLine {
  readonly proof: InclusionProof;
  readonly line: Uint8Array;
}

/**
 * Proves that record `seq` is covered by a checkpoint of the log. Streams; a pruned log proves what is left of it.
 *
 * @throws {@link AuditError} `NOT_PROVABLE` if no checkpoint covers the record, or if it was pruned; `INVALID_PROOF` if
 *   the log is not what its checkpoint states; `INVALID_KEY`, `INVALID_NOTE`, `UNKNOWN_FORMAT`
 * @throws RangeError if `seq` is no sequence number
 */
export async function proveInclusion(
  source: LogSource,
  seq: number,
  options: ProveOptions = {},
): Promise<ProvenLine> {
  assertWhole(seq, 0, 'seq');
  const { hashes = nobleHashes, signal } = options;
  const { text: checkpoint, treeSize, rootHash } = await chooseCheckpoint(source, options);
  if (treeSize <= seq) throw notProvable(`the checkpoint covers ${treeSize} records, not record ${seq}`);
  const start = await readTreeStart(source);
  if (seq < start.size)
    throw notProvable(`record ${seq} was pruned, the log begins with record ${start.size}`);
  const subtrees = SubtreeRoots.from(hashes, inclusionRanges(seq, treeSize), start.size, start.frontier);
  let line: Uint8Array | undefined;
  let leaf: Uint8Array | undefined;
  for await (const { index, hash, bytes } of readLeaves(start.segments, hashes, signal)) {
    if (index >= treeSize) break;
    subtrees?.append(hash);
    if (index !== seq) continue;
    leaf = hash;
    line = bytes && new Uint8Array(bytes);
  }
  const path = subtrees?.roots();
  if (path === undefined || leaf === undefined || line === undefined) {
    throw damaged('it has fewer records than its checkpoint covers');
  }
  verifyInclusion({ index: seq, treeSize, leaf, rootHash }, path, hashes);
  return { proof: { index: seq, path, checkpoint }, line };
}

/** Shows that an older tree is the beginning of the one that a checkpoint covers. */
export interface ConsistencyProof {
  readonly olderSize: number;
  /** 32 bytes each, in the order of RFC 6962, section 2.1.2. */
  readonly path: readonly Uint8Array[];
  /** The signed note of the newer tree, byte for byte. */
  readonly checkpoint: string;
}

/**
 * Proves that the log's first `olderSize` records are the beginning of what a newer checkpoint covers: whoever holds
 * an older checkpoint checks it with `verifyConsistency`. Streams; of what is older only the segment that `olderSize` lies
 * in is read.
 *
 * @throws {@link AuditError} `NOT_PROVABLE` if the checkpoint is smaller, or if the log was pruned beyond that size;
 *   `INVALID_PROOF` if the log is not what its checkpoint states; `INVALID_KEY`, `INVALID_NOTE`, `UNKNOWN_FORMAT`
 * @throws RangeError if `olderSize` is not at least 1
 */
export async function proveConsistency(
  source: LogSource,
  olderSize: number,
  options: ProveOptions = {},
): Promise<ConsistencyProof> {
  assertWhole(olderSize, 1, 'olderSize');
  const { hashes = nobleHashes, signal } = options;
  const { text: checkpoint, treeSize, rootHash } = await chooseCheckpoint(source, options);
  if (treeSize < olderSize) throw notProvable(`the checkpoint covers ${treeSize} records only`);
  const start = await readTreeStart(source, olderSize);
  if (olderSize < start.size)
    throw notProvable(`records were pruned, the log begins with record ${start.size}`);
  const ranges = consistencyRanges(olderSize, treeSize);
  const subtrees = SubtreeRoots.from(hashes, ranges, start.size, start.frontier);
  const older = CompactTree.fromFrontier(hashes, start.size, start.frontier);
  for await (const { index, hash } of readLeaves(start.segments, hashes, signal)) {
    if (index >= treeSize) break;
    subtrees?.append(hash);
    if (index < olderSize) older.append(hash);
  }
  const path = subtrees?.roots();
  if (path === undefined || older.size !== olderSize) {
    throw damaged('it has fewer records than its checkpoint covers');
  }
  const statement = { olderSize, newerSize: treeSize, olderRoot: older.root(), newerRoot: rootHash };
  verifyConsistency(statement, path, hashes);
  return { olderSize, path, checkpoint };
}

function assertWhole(value: number, least: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`Expected ${name} to be a whole number of at least ${least} but received ${value}`);
  }
}
