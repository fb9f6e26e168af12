import { equalBytes, fromHex, toHex } from '../bytes.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { CompactTree, frontierLength } from '../merkle/compact-tree.js';
import type { Checkpoint } from '../note/checkpoint.js';
import type { LogRecord } from '../record/record.js';

/** The Merkle tree over the lines that are there, and the roots it had where an anchor asks for them. */
export class RecordTree {
  readonly #hashes: HashProvider;
  readonly #wantedSizes: ReadonlySet<number>;
  readonly #roots = new Map<number, Uint8Array>();
  #tree: CompactTree;
  #startSize = 0;

  /** @param wantedSizes sizes whose roots {@link rootAt} is asked for at the end */
  constructor(hashes: HashProvider, wantedSizes: ReadonlySet<number>) {
    this.#hashes = hashes;
    this.#wantedSizes = wantedSizes;
    this.#tree = new CompactTree(hashes);
    this.#keepRoot();
  }

  /** Number of leaves, those behind the frontier it started from included. */
  get size(): number {
    return this.#tree.size;
  }

  /** Number of leaves that are not there because the tree started from a frontier. */
  get startSize(): number {
    return this.#startSize;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** The root the tree had at a wanted size, if it ever had that size. */
  rootAt(size: number): Uint8Array | undefined {
    return this.#roots.get(size);
  }

  append(leaf: Uint8Array): void {
    this.#tree.append(leaf);
    this.#keepRoot();
  }

  /** Starts anew from the frontier in a `segment_opened`; `false` if that frontier does not fit its `seq`. */
  startFrom(record: LogRecord): boolean {
    const frontier = frontierOf(record);
    if (frontier?.length !== frontierLength(record.seq)) return false;
    this.#tree = CompactTree.fromFrontier(this.#hashes, record.seq, frontier);
    this.#startSize = record.seq;
    this.#roots.clear();
    this.#keepRoot();
    return true;
  }

  /** Whether the frontier in a `segment_opened` is that of this tree. */
  hasFrontier(record: LogRecord): boolean {
    const { frontier } = record.members;
    const own = this.#tree.frontier;
    return (
      Array.isArray(frontier) &&
      frontier.length === own.length &&
      own.every((root, i) => toHex(root) === frontier[i])
    );
  }

  /** Whether this very tree is what a checkpoint states. */
  matches({ treeSize, rootHash }: Checkpoint): boolean {
    return treeSize === this.size && equalBytes(rootHash, this.#tree.root());
  }

  #keepRoot(): void {
    if (this.#wantedSizes.has(this.size)) this.#roots.set(this.size, this.#tree.root());
  }
}

/** The hashes in a `segment_opened`; `undefined` if there are none or any is malformed. */
export function frontierOf({ eventType, members }: LogRecord): Uint8Array[] | undefined {
  const { frontier } = members;
  if (eventType !== 'segment_opened' || !Array.isArray(frontier)) return undefined;
  const roots = frontier.flatMap((root) => (typeof root === 'string' ? (fromHex(root, 32) ?? []) : []));
  return roots.length === frontier.length ? roots : undefined;
}
