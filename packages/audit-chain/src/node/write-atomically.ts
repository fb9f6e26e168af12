import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { uniqueSuffix } from './unique-suffix.js';

/**
 * Writes a file under another name, syncs it, and gives it its own: whoever looks sees the old content or the whole new
 * one. What `write` throws is thrown, and nothing is left behind.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<unknown>,
): Promise<void> {
  const temporary = `${path}.${uniqueSuffix()}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    try {
      await write(file);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // the error that led here says more
    throw error;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
