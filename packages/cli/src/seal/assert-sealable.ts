import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { VramError } from 'vram-residency';
import { FailureAbout } from '../failure/failure-about.js';
import { UsageError } from '../usage-error.js';

/**
 * Refuses what cannot be sealed before a log is made and a device is opened. Sealing asks again: the file may be
 * another by then.
 *
 * @throws FailureAbout the file: VramError `SOURCE_UNREADABLE`, `SOURCE_NOT_A_FILE`, or a UsageError if it is empty
 */
export async function assertSealable(path: string): Promise<void> {
  let file: FileHandle;
  try {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new FailureAbout(path, new VramError('SOURCE_UNREADABLE', 'The file cannot be opened', { cause }));
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new FailureAbout(path, new VramError('SOURCE_NOT_A_FILE', 'This is not a regular file'));
    }
    if (stats.size === 0) throw new FailureAbout(path, new UsageError('The file is empty', 'seal'));
  } finally {
    await file.close();
  }
}
