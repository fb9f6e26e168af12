import { basename } from 'node:path';
import type { SealedShard, VramManager } from 'vram-residency';
import type { CommandIo } from '../command-io.js';
import { FailureAbout } from '../failure/failure-about.js';
import { visible } from '../visible.js';
import { ProgressBar } from './progress-bar.js';
import type { SealRequest } from './seal-request.js';

/**
 * Seals every file, in the order given.
 *
 * @throws FailureAbout the file that failed; the signal's reason
 */
export async function sealFiles(
  vram: VramManager,
  { files, digest, expected }: SealRequest,
  io: CommandIo,
  signal: AbortSignal,
): Promise<SealedShard[]> {
  const shards: SealedShard[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const progress = new ProgressBar(io, file);
    try {
      const shard = await vram.sealModel(file, {
        digest,
        // A seal's reference has no control characters, a file's name may.
        modelRef: visible(basename(file)),
        signal,
        onProgress: (step) => progress.show(step),
        ...(expected === undefined ? {} : { expected }),
      });
      shards.push(shard);
    } catch (error) {
      throw error === signal.reason ? error : new FailureAbout(file, error);
    } finally {
      progress.clear();
    }
  }
  signal.throwIfAborted();
  return shards;
}
