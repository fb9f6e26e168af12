import {
  type FileOperation,
  type FileStatus,
  type FileSystem,
  PendingSignature,
} from '../../src/node/file-operation.js';
import type { Chance } from './chance.js';
import { type CrashDisk, type Inode, systemError } from './crash-disk.js';

/** What may go wrong. */
export interface Faults {
  /** Probability that an operation fails. */
  failing: number;
  /** Probability that the process is killed while it does an operation. */
  killing: number;
}

interface PendingOperation {
  readonly operation: FileOperation;
  /** What the descriptor stood for when the operation was asked for. */
  readonly inode: Inode | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What ends the synchronous path of a process that is killed. */
class Killed extends Error {}

/**
 * One process on a {@link CrashDisk}. What it asks for asynchronously waits until the simulation carries it out, in an order
 * of its own; after its death nothing that it asks for has any effect.
 */
export class SimulatedProcess implements FileSystem {
  isDead = false;
  /** What it did, for the comparison of two runs and for whoever looks for the cause. */
  readonly trace: string[];
  /** Operations on a descriptor that was closed meanwhile, or is another file's by now. */
  readonly strays: string[] = [];
  readonly #disk: CrashDisk;
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #pending: PendingOperation[] = [];
  readonly #descriptors = new Map<number, Inode>();

  constructor(disk: CrashDisk, chance: Chance, faults: Faults, trace: string[]) {
    this.#disk = disk;
    this.#chance = chance;
    this.#faults = faults;
    this.trace = trace;
  }

  get pendingOperations(): number {
    return this.#pending.length;
  }

  get openDescriptors(): number {
    return this.#descriptors.size;
  }

  run(operation: FileOperation): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.isDead) return; // nobody is there to be told
      this.#pending.push({ operation, inode: this.#inodeOf(operation), resolve, reject });
    });
  }

  runSync(operation: FileOperation): unknown {
    if (this.isDead) throw new Killed();
    if (operation.op === 'sign') return signSync(operation.sign);
    return this.#carryOut(operation, this.#inodeOf(operation), 'sync ');
  }

  /** Carries out one of the operations that wait. */
  complete(): void {
    const [pending] = this.#pending.splice(this.#chance.integer(0, this.#pending.length - 1), 1);
    if (pending === undefined) return;
    const { operation, inode, resolve, reject } = pending;
    try {
      resolve(this.#carryOut(operation, inode, ''));
    } catch (error) {
      if (!this.isDead) reject(error);
    }
  }

  /** SIGKILL: what was under way may come to its end, and descriptors are closed. */
  kill(): void {
    this.isDead = true;
    this.trace.push('killed');
    for (const { operation, inode } of this.#pending.splice(0)) {
      if (inode !== undefined && operation.op === 'write' && this.#chance.happens(0.5)) {
        const length = this.#chance.integer(0, operation.bytes.length);
        this.#disk.write(inode, operation.bytes.subarray(0, length), operation.position);
      } else if (operation.op === 'rename' && this.#chance.happens(0.5) && this.#disk.has(operation.from)) {
        // Without the name the rename was overtaken, and came to its end that way.
        this.#disk.rename(operation.from, operation.to);
      }
    }
    this.#descriptors.clear();
  }

  #carryOut(operation: FileOperation, inode: Inode | undefined, how: string): unknown {
    const fails = operation.op !== 'pause' && this.#chance.happens(this.#faults.failing);
    const dies = this.#chance.happens(this.#faults.killing);
    this.trace.push(`${how}${words(operation)}${fails ? ' fails' : ''}`);
    if ('fd' in operation && (inode === undefined || inode !== this.#descriptors.get(operation.fd))) {
      this.strays.push(words(operation));
      throw systemError('EBADF');
    }
    if (fails) this.#fail(operation, inode, dies);
    const result = dies && this.#chance.happens(0.5) ? undefined : this.#perform(operation, inode);
    if (!dies) return result;
    this.kill();
    throw new Killed();
  }

  /** An operation that fails may have been carried out in part; a descriptor is gone whatever close(2) says. */
  #fail(operation: FileOperation, inode: Inode | undefined, dies: boolean): never {
    const code = operation.op === 'write' ? this.#chance.pick(['EIO', 'ENOSPC', 'short']) : 'EIO';
    if (inode !== undefined) {
      if (operation.op === 'write') {
        const length = this.#chance.integer(0, operation.bytes.length);
        this.#disk.write(inode, operation.bytes.subarray(0, length), operation.position);
      }
      if (operation.op === 'sync' || operation.op === 'datasync') this.#disk.failSync(inode);
      if (operation.op === 'close') this.#perform(operation, inode);
    }
    const isNames = operation.op === 'rename' || operation.op === 'remove';
    if (isNames && this.#chance.happens(0.3)) this.#perform(operation, inode);
    if (dies) this.kill();
    throw code === 'short' ? new Error('A write stopped short') : systemError(code);
  }

  #perform(operation: FileOperation, inode: Inode | undefined): unknown {
    const disk = this.#disk;
    switch (operation.op) {
      case 'mkdir':
        return disk.makeDirectory(operation.path);
      case 'readDirectory':
        return disk.list(operation.path);
      case 'open':
        return this.#descriptor(disk.open(operation.path, operation.flags === 'create', operation.mode));
      case 'syncDirectory':
        return disk.syncDirectory(operation.path);
      case 'rename':
        return disk.rename(operation.from, operation.to);
      case 'remove':
        return disk.remove(operation.path);
      case 'freeBytes':
        return disk.freeBytes;
      case 'sign':
        return operation.sign();
      case 'wait':
        return operation.wait();
      case 'handOut':
        return operation.handOut();
      case 'wipe':
        return operation.bytes.fill(0);
      case 'pause':
        return undefined;
      default:
        return this.#performOn(inode as Inode, operation);
    }
  }

  #performOn(inode: Inode, operation: FileOperation & { readonly fd: number }): unknown {
    const disk = this.#disk;
    switch (operation.op) {
      case 'stat':
        return { isFile: true, sizeBytes: inode.cached.length, mode: inode.mode } satisfies FileStatus;
      case 'read':
        return inode.cached.slice(operation.position, operation.position + operation.length);
      case 'write':
        return this.#write(inode, operation.bytes, operation.position);
      case 'truncate':
        return disk.truncate(inode, operation.size);
      case 'datasync':
      case 'sync':
        return disk.sync(inode);
      default:
        return this.#descriptors.delete(operation.fd);
    }
  }

  /** A full disk takes what fits. */
  #write(inode: Inode, bytes: Uint8Array, position: number): void {
    const growth = position + bytes.length - Math.max(position, inode.cached.length);
    const missing = Math.max(0, growth) - this.#disk.freeBytes;
    const fitting = bytes.length - Math.max(0, missing);
    this.#disk.write(inode, bytes.subarray(0, fitting), position);
    if (missing > 0) throw systemError('ENOSPC');
  }

  /** The lowest number that is free, as the kernel does. */
  #descriptor(inode: Inode): number {
    let fd = 3;
    while (this.#descriptors.has(fd)) fd++;
    this.#descriptors.set(fd, inode);
    return fd;
  }

  #inodeOf(operation: FileOperation): Inode | undefined {
    return 'fd' in operation ? this.#descriptors.get(operation.fd) : undefined;
  }
}

function signSync(sign: () => Uint8Array | Promise<Uint8Array>): Uint8Array {
  const signature = sign();
  if (!(signature instanceof Promise)) return signature;
  signature.catch(() => undefined);
  throw new PendingSignature();
}

function words(operation: FileOperation): string {
  const name = 'path' in operation ? operation.path : 'from' in operation ? operation.to : '';
  if (operation.op === 'write') return `write ${operation.bytes.length} bytes at ${operation.position}`;
  return `${operation.op} ${name}`;
}
