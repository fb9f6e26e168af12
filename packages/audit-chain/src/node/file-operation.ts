import { dirname } from 'node:path';
import { errorCode } from './error-code.js';

/**
 * What the writer asks of the world around it, as data: of the file system, of the signer, of the event loop. The
 * writer's logic is written once, as generators that yield operations; a driver carries them out off the event loop, or
 * at once where a CRITICAL record cannot wait. Tests put a file system of their own under it and let any operation fail.
 */
export type FileOperation =
  /** The parents as well; gives the path of the first directory that was made, if any was. */
  | { readonly op: 'mkdir'; readonly path: string; readonly mode: number }
  | { readonly op: 'readDirectory'; readonly path: string }
  | { readonly op: 'open'; readonly path: string; readonly flags: OpenFlags; readonly mode: number }
  | { readonly op: 'stat'; readonly fd: number }
  /** Up to `length` bytes; fewer only at the end of the file. */
  | { readonly op: 'read'; readonly fd: number; readonly length: number; readonly position: number }
  | { readonly op: 'write'; readonly fd: number; readonly bytes: Uint8Array; readonly position: number }
  | { readonly op: 'truncate'; readonly fd: number; readonly size: number }
  | { readonly op: 'datasync'; readonly fd: number }
  | { readonly op: 'sync'; readonly fd: number }
  | { readonly op: 'syncDirectory'; readonly path: string }
  | { readonly op: 'close'; readonly fd: number }
  /** Overwrites bytes that were written, as soon as no operation reads them any more. */
  | { readonly op: 'wipe'; readonly bytes: Uint8Array }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'remove'; readonly path: string }
  /** Bytes that this user may still fill on the file system of `path`. */
  | { readonly op: 'freeBytes'; readonly path: string }
  | { readonly op: 'sign'; readonly sign: () => Uint8Array | Promise<Uint8Array> }
  /** What takes its time outside of this seam: a piece to be compressed or decompressed, an answer of the user's. */
  | { readonly op: 'wait'; readonly wait: () => Promise<unknown> }
  | { readonly op: 'handOut'; readonly handOut: () => Promise<void> }
  | { readonly op: 'pause' };

/**
 * `create` opens for writing and makes the file if need be; it never truncates. `read` never waits, whatever lies in
 * the place of a file.
 */
export type OpenFlags = 'read' | 'readWrite' | 'create';

/** Steps that end with a `Result`. */
export type FileTask<Result> = Generator<FileOperation, Result, unknown>;

/** What the operation `stat` gives. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
}

/** What {@link readFile} gives: the content and the permission bits. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Carries operations out. */
export interface FileSystem {
  run(operation: FileOperation): Promise<unknown>;
  /** @throws {@link PendingSignature} for a signature that only comes later */
  runSync(operation: FileOperation): unknown;
}

/** An asynchronous signer cannot be waited for on the synchronous path. */
export class PendingSignature extends Error {
  override readonly name = 'PendingSignature';
}

/**
 * Makes a directory and the parents it lacks, durably: where a name is new, its directory is fsynced. An existing one
 * is left as it is.
 *
 * @param path absolute
 */
export function* makeDirectory(path: string, mode: number): FileTask<void> {
  const oldestMade = (yield { op: 'mkdir', path, mode }) as string | undefined;
  if (oldestMade === undefined) return;
  for (let made = path; made.length >= oldestMade.length; made = dirname(made)) {
    yield* syncDirectory(dirname(made));
  }
}

export function* readDirectory(path: string): FileTask<readonly string[]> {
  return (yield { op: 'readDirectory', path }) as readonly string[];
}

/**
 * Reads a regular file; `undefined` if there is none.
 *
 * @throws Error if it is not a regular file or has more than `maxBytes`
 */
export function* readFile(path: string, maxBytes: number): FileTask<FileContent | undefined> {
  let fd: number;
  try {
    fd = yield* open(path, 'read');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { isFile, sizeBytes, mode } = (yield { op: 'stat', fd }) as FileStatus;
    if (!isFile) throw new Error(`${path} is not a regular file`);
    if (sizeBytes > maxBytes) throw new Error(`${path} has ${sizeBytes} bytes, more than ${maxBytes}`);
    return { bytes: (yield { op: 'read', fd, length: sizeBytes, position: 0 }) as Uint8Array, mode };
  } finally {
    yield* close(fd);
  }
}

export function* open(path: string, flags: OpenFlags, mode = 0o644): FileTask<number> {
  return (yield { op: 'open', path, flags, mode }) as number;
}

export function* write(fd: number, bytes: Uint8Array, position: number): FileTask<void> {
  yield { op: 'write', fd, bytes, position };
}

/** fdatasync(2). */
export function* datasync(fd: number): FileTask<void> {
  yield { op: 'datasync', fd };
}

/** fsync(2) of a directory, so that the names in it survive a crash. */
export function* syncDirectory(path: string): FileTask<void> {
  yield { op: 'syncDirectory', path };
}

export function* close(fd: number): FileTask<void> {
  yield { op: 'close', fd };
}

/** @throws {@link PendingSignature} on the synchronous path, if the signer is asynchronous */
export function* sign(request: () => Uint8Array | Promise<Uint8Array>): FileTask<Uint8Array> {
  return (yield { op: 'sign', sign: request }) as Uint8Array;
}

export function* waitFor<Result>(wait: () => Promise<Result>): FileTask<Result> {
  return (yield { op: 'wait', wait }) as Result;
}

/** Lets the event loop run. */
export function* pause(): FileTask<void> {
  yield { op: 'pause' };
}

/**
 * Replaces a file of `directory` durably: written and fsynced under another name, renamed, directory fsynced.
 *
 * @param content the bytes, or what writes them to the descriptor that it is given
 * @param suffix makes the other name unique, so that an overtaken operation cannot touch a later file
 */
export function* replaceFile(
  directory: string,
  name: string,
  content: Uint8Array | ((fd: number) => FileTask<void>),
  options: { readonly mode: number; readonly suffix: string },
): FileTask<void> {
  const temporary = `${directory}/${name}.${options.suffix}${TEMPORARY_SUFFIX}`;
  const fd = yield* open(temporary, 'create', options.mode);
  try {
    yield* content instanceof Uint8Array ? write(fd, content, 0) : content(fd);
    yield { op: 'sync', fd };
  } finally {
    yield* close(fd);
  }
  yield { op: 'rename', from: temporary, to: `${directory}/${name}` };
  yield* syncDirectory(directory);
}

/** Ending of files that a crash may leave behind and that nothing reads. */
const TEMPORARY_SUFFIX = '.tmp';

/** Removes what {@link replaceFile} left behind of a file where it did not come to its end. */
export function* removeUnfinished(directory: string, name: string): FileTask<void> {
  const names = yield* readDirectory(directory);
  const unfinished = names.filter(
    (other) => other.startsWith(`${name}.`) && other.endsWith(TEMPORARY_SUFFIX),
  );
  for (const other of unfinished) yield { op: 'remove', path: `${directory}/${other}` };
  if (unfinished.length > 0) yield* syncDirectory(directory);
}
