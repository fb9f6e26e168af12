import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { type FileOperation, type FileStatus, type FileSystem, PendingSignature } from './file-operation.js';

const FLAGS = {
  // O_NONBLOCK: opening a FIFO that lies in the place of a file must not hang.
  read: fs.constants.O_RDONLY | fs.constants.O_NONBLOCK,
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

/** Longest wait for a signer, in milliseconds: the records that come meanwhile wait with it. */
const SIGN_TIMEOUT_MS = 5000;

/** The file system of the machine. */
export const nodeFileSystem: FileSystem = { run, runSync };

async function run(operation: FileOperation): Promise<unknown> {
  switch (operation.op) {
    case 'mkdir':
      return fs.promises.mkdir(operation.path, { recursive: true, mode: operation.mode });
    case 'readDirectory':
      return fs.promises.readdir(operation.path);
    case 'open':
      return fsOpen(operation.path, FLAGS[operation.flags] | fs.constants.O_NOFOLLOW, operation.mode);
    case 'stat':
      return status(await fsFstat(operation.fd));
    case 'read':
      return readFully(operation.fd, operation.length, operation.position);
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
    case 'wipe':
      return operation.bytes.fill(0);
    case 'rename':
      return fs.promises.rename(operation.from, operation.to);
    case 'remove':
      return fs.promises.unlink(operation.path);
    case 'freeBytes':
      return freeBytes(await fs.promises.statfs(operation.path));
    case 'sign':
      return inTime(operation.sign);
    case 'wait':
      return operation.wait();
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
    case 'stat':
      return status(fs.fstatSync(operation.fd));
    case 'read':
      return readFullySync(operation.fd, operation.length, operation.position);
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
    case 'truncate':
      return fs.ftruncateSync(operation.fd, operation.size);
    case 'remove':
      return fs.unlinkSync(operation.path);
    case 'freeBytes':
      return freeBytes(fs.statfsSync(operation.path));
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

async function inTime(sign: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`The signer did not answer within ${SIGN_TIMEOUT_MS} ms`);
    timer = setTimeout(() => reject(error), SIGN_TIMEOUT_MS);
  });
  try {
    return await Promise.race([sign(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function freeBytes({ bavail, bsize }: fs.StatsFs): number {
  return bavail * bsize;
}

function status(stats: fs.Stats): FileStatus {
  return { isFile: stats.isFile(), sizeBytes: stats.size, mode: stats.mode & 0o777 };
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

function readFullySync(fd: number, length: number, position: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = fs.readSync(fd, bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

// A short write is a failure. The rest is tried once, because it says why: a full disk takes what fits before it refuses.

async function writeFully(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesWritten } = await fsWrite(fd, bytes, 0, bytes.length, position);
  if (bytesWritten === bytes.length) return;
  await fsWrite(fd, bytes, bytesWritten, bytes.length - bytesWritten, position + bytesWritten);
  throw shortWrite(bytesWritten, bytes.length);
}

function writeFullySync(fd: number, bytes: Uint8Array, position: number): void {
  const written = fs.writeSync(fd, bytes, 0, bytes.length, position);
  if (written === bytes.length) return;
  fs.writeSync(fd, bytes, written, bytes.length - written, position + written);
  throw shortWrite(written, bytes.length);
}

function shortWrite(written: number, length: number): Error {
  return new Error(`A write of ${length} bytes stopped after ${written}`);
}
