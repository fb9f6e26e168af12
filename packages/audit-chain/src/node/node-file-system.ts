import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from './error-code.js';
import { type FileContent, type FileOperation, type FileSystem, PendingSignature } from './file-operation.js';

const FLAGS = {
  read: fs.constants.O_RDONLY,
  readWrite: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT,
} as const;

const fsRead = promisify(fs.read);
const fsWrite = promisify(fs.write);
const fsOpen = promisify(fs.open);
const fsClose = promisify(fs.close);
const fsFdatasync = promisify(fs.fdatasync);
const fsFsync = promisify(fs.fsync);
const fsFtruncate = promisify(fs.ftruncate);
const fsFstat = promisify(fs.fstat);

/** The file system of the machine. */
export const nodeFileSystem: FileSystem = { run, runSync };

async function run(operation: FileOperation): Promise<unknown> {
  switch (operation.op) {
    case 'mkdir':
      return fs.promises.mkdir(operation.path, { recursive: true, mode: operation.mode });
    case 'readDirectory':
      return fs.promises.readdir(operation.path);
    case 'readFile':
      return readWholeFile(operation.path, operation.maxBytes);
    case 'open':
      return fsOpen(operation.path, FLAGS[operation.flags] | fs.constants.O_NOFOLLOW, operation.mode);
    case 'write':
      return writeFully(operation.fd, operation.bytes, operation.position);
    case 'truncate':
      return fsFtruncate(operation.fd, operation.size);
    case 'datasync':
      return fsFdatasync(operation.fd);
    case 'sync':
      return fsFsync(operation.fd);
    case 'syncDirectory': {
      const fd = await fsOpen(operation.path, 'r');
      return fsFsync(fd).finally(() => fsClose(fd));
    }
    case 'close':
      return fsClose(operation.fd);
    case 'rename':
      return fs.promises.rename(operation.from, operation.to);
    case 'sign':
      return operation.sign();
    case 'handOut':
      return operation.handOut();
    case 'pause':
      return new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Only what may be due on the synchronous path; opening and recovery never take it. */
function runSync(operation: FileOperation): unknown {
  switch (operation.op) {
    case 'open':
      return fs.openSync(operation.path, FLAGS[operation.flags] | fs.constants.O_NOFOLLOW, operation.mode);
    case 'readFile':
      return readWholeFileSync(operation.path, operation.maxBytes);
    case 'write':
      return writeFullySync(operation.fd, operation.bytes, operation.position);
    case 'datasync':
      return fs.fdatasyncSync(operation.fd);
    case 'sync':
      return fs.fsyncSync(operation.fd);
    case 'syncDirectory': {
      const fd = fs.openSync(operation.path, 'r');
      try {
        return fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    }
    case 'close':
      return fs.closeSync(operation.fd);
    case 'rename':
      return fs.renameSync(operation.from, operation.to);
    case 'sign': {
      const signature = operation.sign();
      if (!(signature instanceof Promise)) return signature;
      // Its outcome no longer matters: the checkpoint is signed anew later.
      signature.catch(() => undefined);
      throw new PendingSignature('The signature is not there yet');
    }
    case 'pause':
      return undefined;
    default:
      throw new TypeError(`The operation ${operation.op} has no synchronous form`);
  }
}

async function readWholeFile(path: string, maxBytes: number): Promise<FileContent | undefined> {
  let fd: number;
  try {
    // O_NONBLOCK: opening a FIFO that lies in the place of a file must not hang.
    fd = await fsOpen(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const size = checkedSize(path, await fsFstat(fd), maxBytes);
    return { bytes: await readFully(fd, size.bytes, 0), mode: size.mode };
  } finally {
    await fsClose(fd);
  }
}

function readWholeFileSync(path: string, maxBytes: number): FileContent | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const size = checkedSize(path, fs.fstatSync(fd), maxBytes);
    const bytes = new Uint8Array(size.bytes);
    let filled = 0;
    while (filled < bytes.length) {
      const count = fs.readSync(fd, bytes, filled, bytes.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return { bytes: bytes.subarray(0, filled), mode: size.mode };
  } finally {
    fs.closeSync(fd);
  }
}

function checkedSize(path: string, stats: fs.Stats, maxBytes: number): { bytes: number; mode: number } {
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  if (stats.size > maxBytes) throw new Error(`${path} has ${stats.size} bytes, more than ${maxBytes}`);
  return { bytes: stats.size, mode: stats.mode & 0o777 };
}

async function readFully(fd: number, length: number, position: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await fsRead(fd, bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function writeFully(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const result = await fsWrite(fd, bytes, written, bytes.length - written, position + written);
    written += result.bytesWritten;
  }
}

function writeFullySync(fd: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += fs.writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
