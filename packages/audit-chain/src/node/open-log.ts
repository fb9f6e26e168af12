import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuditError } from '../errors.js';
import { parseSegmentName } from '../segment-name.js';
import {
  CHECKPOINT_FILE,
  IDENTITY_FILE,
  inOrder,
  type LogSource,
  MAX_SMALL_FILE_BYTES,
  type SegmentSource,
} from '../source/log-source.js';
import { errorCode } from './error-code.js';
import { openPackedFile } from './packed-file.js';
import { readSmallFile } from './regular-file.js';
import { readSegment } from './segment-content.js';

/**
 * Opens a log for reading: its directory, a packed log (`.tar`), or one segment file alone, compressed or not. Unknown files are ignored.
 *
 * @throws {@link AuditError} `NOT_A_LOG` if there is nothing to read, `INVALID_SOURCE` if something other than a
 *   regular file lies in the place of one
 */
export async function openLog(path: string): Promise<LogSource> {
  const stats = await stat(path).catch((cause: unknown) => {
    if (isMissing(cause)) throw new AuditError('NOT_A_LOG', 'There is no such log', { cause });
    throw new AuditError('INVALID_SOURCE', 'The log cannot be read', { cause });
  });
  if (stats.isDirectory()) return openDirectory(path);
  if (path.endsWith('.tar')) return openPackedFile(path);
  const segment = await openSegment(dirname(path), basename(path));
  if (segment === undefined) {
    throw new AuditError('NOT_A_LOG', 'Expected a log’s directory, a packed log (.tar) or a segment file');
  }
  return asSource(undefined, undefined, [segment]);
}

/** The checkpoint is read before the segments are listed: a live writer is never behind the one that is read. */
async function openDirectory(directory: string): Promise<LogSource> {
  const checkpoint = await readOwn(directory, CHECKPOINT_FILE);
  const identity = await readOwn(directory, IDENTITY_FILE);
  const segments = await listSegmentFiles(directory);
  if (identity === undefined && segments.length === 0) {
    throw new AuditError('NOT_A_LOG', 'The directory holds neither log.json nor a segment');
  }
  return asSource(identity, checkpoint, segments);
}

/** The segments in a log's directory, in order. */
export async function listSegmentFiles(directory: string): Promise<readonly SegmentSource[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new AuditError('INVALID_SOURCE', 'The log’s directory cannot be listed', { cause });
  });
  const segments = await Promise.all(names.map((name) => openSegment(directory, name)));
  return inOrder(segments.filter((segment) => segment !== undefined));
}

async function openSegment(directory: string, name: string): Promise<SegmentSource | undefined> {
  const firstSeq = parseSegmentName(name)?.firstSeq;
  if (firstSeq === undefined) return undefined;
  const stats = await lstat(join(directory, name)).catch((cause: unknown) => {
    if (isMissing(cause)) return undefined; // pruned or archived since the directory was listed
    throw new AuditError('INVALID_SOURCE', `${name} cannot be read`, { cause });
  });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new AuditError('INVALID_SOURCE', `${name} is not a regular file`);
  return { name, firstSeq, sizeBytes: stats.size, read: () => readSegment(directory, name) };
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
}

function readOwn(directory: string, name: string): Promise<Uint8Array | undefined> {
  return readSmallFile(join(directory, name), name, MAX_SMALL_FILE_BYTES);
}

function asSource(
  identity: Uint8Array | undefined,
  checkpoint: Uint8Array | undefined,
  segments: readonly SegmentSource[],
): LogSource {
  return {
    identity: async () => identity,
    checkpoint: async () => checkpoint,
    segments: async () => segments,
  };
}
