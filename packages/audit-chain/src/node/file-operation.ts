/**
 * What the writer asks of the world around it, as data: of the file system, of the signer, of the event loop. The writer's logic is written once, as generators that
 * yield operations; a driver carries them out off the event loop, or at once where a CRITICAL record cannot
 * wait. Tests put a file system of their own under it and let any operation fail.
 */
export type FileOperation =
  | { readonly op: 'mkdir'; readonly path: string; readonly mode: number }
  | { readonly op: 'readDirectory'; readonly path: string }
  | { readonly op: 'readFile'; readonly path: string; readonly maxBytes: number }
  | { readonly op: 'open'; readonly path: string; readonly flags: OpenFlags; readonly mode: number }
  | { readonly op: 'write'; readonly fd: number; readonly bytes: Uint8Array; readonly position: number }
  | { readonly op: 'truncate'; readonly fd: number; readonly size: number }
  | { readonly op: 'datasync'; readonly fd: number }
  | { readonly op: 'sync'; readonly fd: number }
  | { readonly op: 'syncDirectory'; readonly path: string }
  | { readonly op: 'close'; readonly fd: number }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'sign'; readonly sign: () => Uint8Array | Promise<Uint8Array> }
  | { readonly op: 'handOut'; readonly handOut: () => Promise<void> }
  | { readonly op: 'pause' };

/** `create` opens for writing and makes the file if need be; it never truncates. */
export type OpenFlags = 'read' | 'readWrite' | 'create';

/** Steps that end with a `Result`. */
export type FileTask<Result> = Generator<FileOperation, Result, unknown>;

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

/** Makes a directory; the parents are made as well, an existing one is left as it is. */
export function* makeDirectory(path: string, mode: number): FileTask<void> {
  yield { op: 'mkdir', path, mode };
}

export function* readDirectory(path: string): FileTask<readonly string[]> {
  return (yield { op: 'readDirectory', path }) as readonly string[];
}

/** Reads a regular file of at most `maxBytes`; `undefined` if there is none. */
export function* readFile(path: string, maxBytes: number): FileTask<FileContent | undefined> {
  return (yield { op: 'readFile', path, maxBytes }) as FileContent | undefined;
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

/** Lets the event loop run. */
export function* pause(): FileTask<void> {
  yield { op: 'pause' };
}

/**
 * Replaces `path` durably: written and fsynced under another name, renamed, directory fsynced.
 *
 * @param suffix makes the other name unique, so that an overtaken operation cannot touch a later file
 */
export function* replaceFile(
  directory: string,
  name: string,
  bytes: Uint8Array,
  options: { readonly mode: number; readonly suffix: string },
): FileTask<void> {
  const temporary = `${directory}/${name}.${options.suffix}${TEMPORARY_SUFFIX}`;
  const fd = yield* open(temporary, 'create', options.mode);
  try {
    yield* write(fd, bytes, 0);
    yield { op: 'sync', fd };
  } finally {
    yield* close(fd);
  }
  yield { op: 'rename', from: temporary, to: `${directory}/${name}` };
  yield* syncDirectory(directory);
}

/** Ending of files that a crash may leave behind and that nothing reads. */
const TEMPORARY_SUFFIX = '.tmp';
