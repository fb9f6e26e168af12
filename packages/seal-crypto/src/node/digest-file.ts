import type { BigIntStats } from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import type { DigestAlgorithm } from '../algorithms.js';
import type { DigestEngines } from '../digest-engines.js';
import type { DigestStreamOptions, StreamDigest } from '../digest-stream.js';
import { SealError } from '../seal-error.js';
import { defaultEngines } from './default-engines.js';

/** What `open` says of a directory (Windows) and of a socket. */
const NOT_A_FILE_ERRORS: ReadonlySet<unknown> = new Set(['EISDIR', 'ENXIO']);

const BUFFER_BYTES = 1_048_576;

/**
 * The digest of a regular file, which symbolic links may lead to. An engine that reads files by itself does so on its
 * own threads; for the others memory is two buffers of 1 MiB: one is read while the other is hashed.
 *
 * @param engines Default: all of this entry's `defaultEngines()`.
 * @throws SealError `NOT_A_FILE` for a directory, FIFO, socket or device, `READ_FAILED` with the system's
 *   error as cause, `SOURCE_CHANGED` if the file changed meanwhile; also what `DigestEngines.digestStream`
 *   throws.
 */
export async function digestFile(
  path: string | URL,
  algorithm: DigestAlgorithm,
  engines: DigestEngines = defaultEngines(),
  options: DigestStreamOptions = {},
): Promise<StreamDigest> {
  options.signal?.throwIfAborted();
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const file = await attempt('opened', () => open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    const before = await attempt('examined', () => file.stat({ bigint: true }));
    if (!before.isFile()) throw notAFile();
    const result = await digestOpenFile(file, Number(before.size), algorithm, engines, options);
    const after = await attempt('examined', () => file.stat({ bigint: true }));
    if (isOtherState(before, after)) throw sourceChanged();
    return result;
  } finally {
    await file.close();
  }
}

async function digestOpenFile(
  file: FileHandle,
  sizeBytes: number,
  algorithm: DigestAlgorithm,
  engines: DigestEngines,
  options: DigestStreamOptions,
): Promise<StreamDigest> {
  const reading = engines.digestOpenFile(algorithm, { descriptor: file.fd, sizeBytes }, options);
  if (reading === undefined) return engines.digestStream(algorithm, readPieces(file, sizeBytes), options);
  return { digest: await attempt('read', () => reading), sizeBytes };
}

/** The file's bytes. A piece is overwritten when the next but one is asked for. */
async function* readPieces(file: FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let restBytes = sizeBytes;
  let buffer = new Uint8Array(BUFFER_BYTES);
  let other = new Uint8Array(BUFFER_BYTES);
  let pending = readInto(file, buffer);
  try {
    for (;;) {
      const bytesRead = await pending;
      restBytes -= bytesRead;
      // A file that grows as fast as it is read would never end.
      if (restBytes < 0 || (bytesRead === 0 && restBytes > 0)) throw sourceChanged();
      if (bytesRead === 0) return;
      pending = readInto(file, other);
      // A failure is met by the next round; until then it must not count as unhandled.
      pending.catch(() => undefined);
      yield buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
    }
  } finally {
    await pending.catch(() => undefined);
    buffer.fill(0);
    other.fill(0);
  }
}

async function readInto(file: FileHandle, buffer: Uint8Array): Promise<number> {
  const { bytesRead } = await attempt('read', () => file.read(buffer, 0, buffer.length, null));
  return bytesRead;
}

function isOtherState(before: BigIntStats, after: BigIntStats): boolean {
  return before.size !== after.size || before.mtimeNs !== after.mtimeNs || before.ctimeNs !== after.ctimeNs;
}

async function attempt<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    // Anything but a refused system call is the caller's mistake, such as a path with a NUL.
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause;
    if (NOT_A_FILE_ERRORS.has(cause.code)) throw notAFile();
    throw new SealError('READ_FAILED', `The file could not be ${what}: ${cause.code}`, { cause });
  }
}

function notAFile(): SealError {
  return new SealError('NOT_A_FILE', 'The path leads to something other than a regular file');
}

function sourceChanged(): SealError {
  return new SealError('SOURCE_CHANGED', 'The file changed while it was read');
}
