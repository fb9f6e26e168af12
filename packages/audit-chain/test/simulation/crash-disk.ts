import { dirname } from 'node:path';
import type { Chance } from './chance.js';

/** A change of a file that no sync has confirmed. */
type Change = { readonly position: number; readonly bytes: Uint8Array } | { readonly sizeBytes: number };

/** What a name stands for. */
export class Inode {
  readonly mode: number;
  /** What processes see. */
  cached: Uint8Array = new Uint8Array();
  /** What a power cut cannot take. */
  platter: Uint8Array = new Uint8Array();
  unsynced: Change[] = [];

  constructor(mode: number) {
    this.mode = mode;
  }
}

/** A change of a directory that no sync has confirmed: names that come and go together. */
interface NameChange {
  readonly directory: string;
  readonly names: readonly (readonly [path: string, inode: Inode | undefined])[];
}

/** An error of the operating system. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * A file system in memory that tells what processes see from what a power cut leaves: of what was not fsynced anything may
 * be there or not, in any order; a name is as durable as the last fsync of its directory. Directories are durable at once.
 */
export class CrashDisk {
  readonly #chance: Chance;
  readonly #directories = new Set<string>(['/']);
  readonly #names = new Map<string, Inode>();
  readonly #platterNames = new Map<string, Inode>();
  #unsyncedNames: NameChange[] = [];
  /** Bytes that all files together may have. */
  capacityBytes: number = Number.POSITIVE_INFINITY;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get usedBytes(): number {
    let used = 0;
    for (const { cached } of this.#names.values()) used += cached.length;
    return used;
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.usedBytes);
  }

  /** What processes see of a directory. */
  files(directory: string): Map<string, Uint8Array> {
    return new Map(this.list(directory).map((name) => [name, this.#inode(`${directory}/${name}`).cached]));
  }

  hasDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  list(directory: string): string[] {
    if (!this.#directories.has(directory)) throw systemError('ENOENT');
    const inside = [...this.#names.keys()].filter((path) => dirname(path) === directory);
    return inside.map((path) => path.slice(directory.length + 1)).sort();
  }

  /** Gives the first directory that was made, if any was. */
  makeDirectory(path: string): string | undefined {
    if (this.#directories.has(path)) return undefined;
    const made = this.makeDirectory(dirname(path)) ?? path;
    this.#directories.add(path);
    return made;
  }

  open(path: string, create: boolean, mode: number): Inode {
    const inode = this.#names.get(path);
    if (inode !== undefined) return inode;
    if (!create) throw systemError('ENOENT');
    const made = new Inode(mode);
    this.#change(path, [[path, made]]);
    return made;
  }

  write(inode: Inode, bytes: Uint8Array, position: number): void {
    const change = { position, bytes: Uint8Array.from(bytes) };
    inode.cached = changed(inode.cached, change);
    inode.unsynced.push(change);
  }

  truncate(inode: Inode, sizeBytes: number): void {
    const change = { sizeBytes };
    inode.cached = changed(inode.cached, change);
    inode.unsynced.push(change);
  }

  sync(inode: Inode): void {
    inode.platter = inode.cached;
    inode.unsynced = [];
  }

  /** An fsync that fails: some pages reach the disk, the others never will unless they are written once more. */
  failSync(inode: Inode): void {
    this.#settle(inode);
  }

  syncDirectory(directory: string): void {
    const isHere = (change: NameChange): boolean => change.directory === directory;
    for (const change of this.#unsyncedNames.filter(isHere)) applyNames(this.#platterNames, change);
    this.#unsyncedNames = this.#unsyncedNames.filter((change) => !isHere(change));
  }

  rename(from: string, to: string): void {
    const inode = this.#inode(from);
    this.#change(to, [
      [from, undefined],
      [to, inode],
    ]);
  }

  remove(path: string): void {
    this.#inode(path);
    this.#change(path, [[path, undefined]]);
  }

  /** The machine loses power and starts again. */
  cutPower(): void {
    const inodes = new Set([...this.#names.values(), ...this.#platterNames.values()]);
    for (const { names } of this.#unsyncedNames) {
      for (const [, inode] of names) if (inode !== undefined) inodes.add(inode);
    }
    const keeps = this.#chance.pick([0, 0.5, 1]);
    for (const change of this.#unsyncedNames.splice(0)) {
      if (this.#chance.happens(keeps)) applyNames(this.#platterNames, change);
    }
    this.#names.clear();
    for (const [path, inode] of this.#platterNames) this.#names.set(path, inode);
    for (const inode of inodes) {
      this.#settle(inode);
      inode.cached = inode.platter;
    }
  }

  /** A copy, as a backup makes it; {@link restore} puts it back. */
  copy(): Map<string, Inode> {
    const copies = [...this.#names].map(([path, { mode, cached }]) => {
      const inode = new Inode(mode);
      inode.cached = cached;
      this.sync(inode);
      return [path, inode] as const;
    });
    return new Map(copies);
  }

  /** Replaces all files, durably. */
  restore(files: ReadonlyMap<string, Inode>): void {
    this.#unsyncedNames = [];
    for (const names of [this.#names, this.#platterNames]) {
      names.clear();
      for (const [path, inode] of files) names.set(path, inode);
    }
  }

  /** Each unsynced change of a file reaches the disk or is lost; a write may be torn. */
  #settle(inode: Inode): void {
    const keeps = this.#chance.pick([0, 0.5, 1]);
    for (const change of inode.unsynced.splice(0)) {
      if (!this.#chance.happens(keeps)) continue;
      const isTorn = 'bytes' in change && this.#chance.happens(0.2);
      const kept = isTorn
        ? { ...change, bytes: change.bytes.subarray(0, this.#chance.integer(0, change.bytes.length)) }
        : change;
      inode.platter = changed(inode.platter, kept);
    }
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT');
    return inode;
  }

  #change(path: string, names: NameChange['names']): void {
    const change = { directory: dirname(path), names };
    if (!this.#directories.has(change.directory)) throw systemError('ENOENT');
    applyNames(this.#names, change);
    this.#unsyncedNames.push(change);
  }
}

function applyNames(names: Map<string, Inode>, change: NameChange): void {
  for (const [path, inode] of change.names) {
    if (inode === undefined) names.delete(path);
    else names.set(path, inode);
  }
}

/** What was never written reads as zeros. */
function changed(content: Uint8Array, change: Change): Uint8Array {
  const end = 'bytes' in change ? change.position + change.bytes.length : change.sizeBytes;
  const sizeBytes = 'bytes' in change ? Math.max(content.length, end) : end;
  const next = new Uint8Array(sizeBytes);
  next.set(content.subarray(0, sizeBytes));
  if ('bytes' in change) next.set(change.bytes, change.position);
  return next;
}
