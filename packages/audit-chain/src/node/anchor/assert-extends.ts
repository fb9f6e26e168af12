import { AuditError } from '../../errors.js';
import { verifyConsistency } from '../../merkle/verify-proof.js';
import type { Checkpoint } from '../../note/checkpoint.js';
import { nodeHashes } from '../node-hashes.js';
import type { PublishedCheckpoint } from './anchor.js';

/**
 * Checks that the log is what an anchor knows of it, and what was added since.
 *
 * @throws {@link AuditError} `ANCHOR_CONFLICT` if it is not; `NOT_PROVABLE` if that cannot be told any more
 */
export async function assertExtends(
  known: Checkpoint,
  checkpoint: PublishedCheckpoint,
  signal: AbortSignal,
): Promise<void> {
  const { treeSize: olderSize, rootHash: olderRoot } = known;
  const { treeSize: newerSize, rootHash: newerRoot } = checkpoint;
  if (olderSize > newerSize) {
    throw conflict(`It holds a checkpoint of ${olderSize} records, the log has ${newerSize}`);
  }
  if (olderSize === 0) return;
  const path = await checkpoint.proveFrom(olderSize, signal);
  try {
    verifyConsistency({ olderSize, newerSize, olderRoot, newerRoot }, path, nodeHashes);
  } catch (cause) {
    throw conflict(`It holds a checkpoint of ${olderSize} records that are not the log’s`, cause);
  }
}

/** What an anchor knows contradicts the log: a restored backup went on, or the log was forged. */
export function conflict(why: string, cause?: unknown): AuditError {
  return new AuditError('ANCHOR_CONFLICT', why, { cause });
}
