import { constants, createReadStream } from 'node:fs';
import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AuditError } from '../errors.js';
import { parseSegmentName } from '../segment-name.js';
import { inOrder, type LogSource, type SegmentSource } from '../verify/log-source.js';

const MAX_SMALL_FILE_BYTES = 1_048_576;
const READ_BYTES = 1_048_576;

/**
 * Opens a log for reading: its directory, or one segment file alone.
 *
 * @throws {@link AuditError} `NOT_A_LOG` if there is nothing to read, `INVALID_SOURCE` if something other than a
 *   regular file lies in the place of one
 */
export async function openLog(path: string): Promise<LogSource> {
  const stats = await lstat(path).catch((cause: unknown) => {
    throw new AuditError('NOT_A_LOG', 'There is no such log', { cause });
  });
  if (stats.isDirectory()) return openDirectory(path);
  const segment = await openSegment(path, basename(path));
  if (segment === undefined)
    throw new AuditError('NOT_A_LOG', 'Expected a log’s directory or a segment file');
  return { identity: undefined, checkpoint: undefined, segments: [segment] };
}

async function openDirectory(directory: string): Promise<LogSource> {
  const names = await readdir(directory);
  const segments = await Promise.all(names.map((name) => openSegment(join(directory, name), name)));
  const [identity, checkpoint] = await Promise.all(
    ['log.json', 'checkpoint'].map((name) => small(directory, name)),
  );
  const found = segments.filter((segment) => segment !== undefined);
  if (identity === undefined && found.length === 0) {
    throw new AuditError('NOT_A_LOG', 'The directory holds neither log.json nor a segment');
  }
  return { identity, checkpoint, segments: inOrder(found) };
}

async function openSegment(path: string, name: string): Promise<SegmentSource | undefined> {
  const firstSeq = parseSegmentName(name);
  if (firstSeq === undefined) return undefined;
  const stats = await lstat(path);
  if (!stats.isFile()) throw new AuditError('INVALID_SOURCE', `${name} is not a regular file`);
  const read = (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: READ_BYTES });
  return { name, firstSeq, sizeBytes: stats.size, read };
}

async function small(directory: string, name: string): Promise<Uint8Array | undefined> {
  const path = join(directory, name);
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new AuditError('INVALID_SOURCE', `${name} is not a regular file`);
  if (stats.size > MAX_SMALL_FILE_BYTES) throw new AuditError('INVALID_SOURCE', `${name} is too large`);
  return readFile(path);
}

/**
 * Reads a file that holds a secret.
 *
 * @throws {@link AuditError} `INSECURE_KEY_FILE` if others than its owner can read it, `INVALID_SOURCE`
 */
export async function readSecretFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new AuditError('INVALID_SOURCE', 'The file with the secret cannot be opened', { cause });
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MAX_SMALL_FILE_BYTES) {
      throw new AuditError('INVALID_SOURCE', 'Expected the secret in a regular file');
    }
    if ((stats.mode & 0o077) !== 0) {
      throw new AuditError(
        'INSECURE_KEY_FILE',
        'The file with the secret can be read by others; expected mode 0600',
      );
    }
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}
