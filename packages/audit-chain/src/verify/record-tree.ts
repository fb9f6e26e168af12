import { equalBytes, fromHex, toHex } from '../bytes.js';
import type { RecordEngine } from '../engine/record-engine.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { CompactTree, frontierLength } from '../merkle/compact-tree.js';
import type { Checkpoint } from '../note/checkpoint.js';
import type { LogRecord } from '../record/record.js';

const HASH_BYTES = 32;
/** Most leaves that wait to be hashed together. */
const MAX_WAITING = 4096;

/**
 * The Merkle tree over the lines that are there, and the roots it had where an anchor asks for them. Leaves wait until
 * there are many, or something of the tree is asked for.
 */
export class RecordTree {
  readonly #hashes: HashProvider;
  readonly #merkleLevel: (nodes: Uint8Array) => Uint8Array;
  readonly #wantedSizes: readonly number[];
  readonly #roots = new Map<number, Uint8Array>();
  readonly #waiting: Uint8Array;
  #waitingBytes = 0;
  #grown: CompactTree;
  #startSize = 0;

  /**
   * @param engine hashes levels of the tree
   * @param wantedSizes sizes whose roots {@link rootAt} is asked for at the end
   */
  constructor(hashes: HashProvider, engine: RecordEngine, wantedSizes: Iterable<number>) {
    this.#hashes = hashes;
    this.#merkleLevel = (nodes) => engine.merkleLevel(nodes);
    // One less than a level may have: a node of the frontier comes before them.
    this.#waiting = new Uint8Array(Math.min(MAX_WAITING, engine.maxBatchRecords - 1) * HASH_BYTES);
    this.#wantedSizes = [...wantedSizes].sort((a, b) => a - b);
    this.#grown = new CompactTree(hashes);
    this.#keepRoot();
  }

  /** Number of leaves, those behind the frontier it started from included. */
  get size(): number {
    return this.#grown.size + this.#waitingBytes / HASH_BYTES;
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

  /** @param leaves 32 bytes each; they are copied */
  append(leaves: Uint8Array): void {
    for (let at = 0; at < leaves.length; ) {
      const { size } = this;
      const wanted = this.#wantedSizes.find((wantedSize) => wantedSize > size) ?? Number.POSITIVE_INFINITY;
      const room = this.#waiting.length - this.#waitingBytes;
      const bytes = Math.min(leaves.length - at, room, (wanted - size) * HASH_BYTES);
      this.#waiting.set(leaves.subarray(at, at + bytes), this.#waitingBytes);
      this.#waitingBytes += bytes;
      at += bytes;
      if (this.#waitingBytes === this.#waiting.length) this.#grow();
      if (this.size === wanted) this.#keepRoot();
    }
  }

  /** Starts anew from the frontier in a `segment_opened`; `false` if that frontier does not fit its `seq`. */
  startFrom(record: LogRecord): boolean {
    const frontier = frontierOf(record);
    if (frontier?.length !== frontierLength(record.seq)) return false;
    this.#grown = CompactTree.fromFrontier(this.#hashes, record.seq, frontier);
    this.#waitingBytes = 0;
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
    if (this.#wantedSizes.includes(this.size)) this.#roots.set(this.size, this.#tree.root());
  }

  /** The tree with all leaves. */
  get #tree(): CompactTree {
    this.#grow();
    return this.#grown;
  }

  #grow(): void {
    if (this.#waitingBytes === 0) return;
    this.#grown.appendAll(this.#waiting.subarray(0, this.#waitingBytes), this.#merkleLevel);
    this.#waitingBytes = 0;
  }
}

/** The hashes in a `segment_opened`; `undefined` if there are none or any is malformed. */
export function frontierOf({ eventType, members }: LogRecord): Uint8Array[] | undefined {
  const { frontier } = members;
  if (eventType !== 'segment_opened' || !Array.isArray(frontier)) return undefined;
  const roots = frontier.flatMap((root) => (typeof root === 'string' ? (fromHex(root, 32) ?? []) : []));
  return roots.length === frontier.length ? roots : undefined;
}
