import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AuditError } from '../errors.js';
import { errorCode } from './error-code.js';

const READ_BYTES = 1_048_576;

/**
 * Opens a regular file for reading. A FIFO or a directory in its place is refused, and never waited for.
 *
 * @param name what messages call it
 * @param links whether a symbolic link to a regular file will do: only where a person named the path
 * @returns `undefined` if there is no such file
 * @throws {@link AuditError} `INVALID_SOURCE`
 */
export async function openRegularFile(
  path: string,
  name: string,
  links: 'refused' | 'followed' = 'refused',
): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NONBLOCK | (links === 'refused' ? O_NOFOLLOW : 0));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    if (errorCode(cause) === 'ELOOP') throw new AuditError('INVALID_SOURCE', `${name} is a symbolic link`);
    throw new AuditError('INVALID_SOURCE', `${name} cannot be opened`, { cause });
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new AuditError('INVALID_SOURCE', `${name} is not a regular file`);
}

/**
 * Reads a small file.
 *
 * @returns `undefined` if there is no such file
 * @throws {@link AuditError} `INVALID_SOURCE` if it is no regular file or has more than `maxBytes`
 */
export async function readSmallFile(
  path: string,
  name: string,
  maxBytes: number,
  links: 'refused' | 'followed' = 'refused',
): Promise<Uint8Array | undefined> {
  const file = await openRegularFile(path, name, links);
  if (file === undefined) return undefined;
  try {
    if ((await file.stat()).size > maxBytes) {
      throw new AuditError('INVALID_SOURCE', `${name} has more than ${maxBytes} bytes`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The content of an open file from `position` on, in pieces that share one buffer. */
export async function* readChunks(file: FileHandle, position: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  for (let at = position; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
