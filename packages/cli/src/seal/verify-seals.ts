import type { SealedShard, VramManager } from 'vram-residency';

/**
 * Verifies every seal, one after the other.
 *
 * @throws VramError `VERIFICATION_FAILED`; the signal's reason if it was aborted before all were verified
 */
export async function verifySeals(
  vram: Pick<VramManager, 'verifySealed'>,
  shards: readonly SealedShard[],
  signal: AbortSignal,
): Promise<void> {
  for (const shard of shards) {
    signal.throwIfAborted();
    await vram.verifySealed(shard);
  }
}
