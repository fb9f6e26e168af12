import type { FileHandle } from 'node:fs/promises';
import { AuditError } from '../errors.js';
import type { LogSource } from '../source/log-source.js';
import { fromPacked } from '../source/packed.js';
import { openRegularFile } from './regular-file.js';

const READ_BYTES = 1_048_576;

/**
 * Opens the packed log at `path`, as a person named it.
 *
 * @throws {@link AuditError} `NOT_A_LOG` if there is no such file, `INVALID_SOURCE`
 */
export async function openPackedFile(path: string): Promise<LogSource> {
  const file = await open(path);
  const sizeBytes = await file.stat().then(({ size }) => size);
  await file.close();
  return fromPacked({ sizeBytes, read: (start, end) => readRange(path, start, end) });
}

async function* readRange(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(Math.min(READ_BYTES, end - start));
    for (let at = start; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) throw new AuditError('INVALID_SOURCE', 'The packed log is shorter than it was');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function open(path: string): Promise<FileHandle> {
  const file = await openRegularFile(path, 'The packed log', 'followed');
  if (file === undefined) throw new AuditError('NOT_A_LOG', 'There is no such packed log');
  return file;
}
