import { toHex } from '../bytes.js';
import type { HashProvider, MacKey } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import { determinedEpoch } from '../keys/determined-epoch.js';
import { epochMacKey, nextEpochSecret } from '../keys/epoch-keys.js';
import { CompactTree } from '../merkle/compact-tree.js';
import { encodeBody, encodeMac } from '../record/encode.js';
import { ENVELOPE_BYTES, type Severity, ZERO_HASH } from '../record/record.js';
import { formatTimestamp } from '../timestamp.js';
import { KeyState } from './key-state.js';

/** Where a chain stands after its last record. */
export interface ChainPosition {
  /** Leaf hash of the last record, lower-case hex. */
  readonly prev: string;
  /** Timestamp of the last record; the empty string before the first. */
  readonly timestamp: string;
  /** Epoch of the last record; 0 before the first. */
  readonly epoch: number;
  readonly lastIsCheckpoint: boolean;
  readonly tree: CompactTree;
}

export function startOfChain(hashes: HashProvider): ChainPosition {
  return { prev: ZERO_HASH, timestamp: '', epoch: 0, lastIsCheckpoint: false, tree: new CompactTree(hashes) };
}

/** What is still to be put into the chain. */
export interface ChainEntry {
  readonly eventType: string;
  readonly severity: Severity;
  readonly membersJson: string;
  /** Microseconds since 1970. */
  readonly wallMicros: number;
}

/** Records that follow each other. */
export interface ChainedBatch {
  readonly firstSeq: number;
  /** Their lines, each with its LF. */
  readonly bytes: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  /** UTC day of the first of them, `YYYY-MM-DD`. */
  readonly day: string;
}

/** The growing end of a log: sequence numbers, `prev`, timestamps, epochs, MACs and the Merkle tree. */
export class RecordChain {
  readonly #hashes: HashProvider;
  readonly #workerId: string;
  readonly #tree: CompactTree;
  #prev: string;
  #timestamp: string;
  #epoch: number;
  #lastIsCheckpoint: boolean;
  #key: KeyState;
  #macKey: MacKey;

  /** @param key E[j] for the epoch of the next record or one before it; owned by the chain from here on */
  constructor(hashes: HashProvider, workerId: string, position: ChainPosition, key: KeyState) {
    this.#hashes = hashes;
    this.#workerId = workerId;
    this.#tree = position.tree;
    this.#prev = position.prev;
    this.#timestamp = position.timestamp;
    this.#epoch = position.epoch;
    this.#lastIsCheckpoint = position.lastIsCheckpoint;
    this.#key = key;
    this.#macKey = epochMacKey(hashes, key.secret());
  }

  /** Number of records. */
  get size(): number {
    return this.#tree.size;
  }

  get tree(): CompactTree {
    return this.#tree;
  }

  get lastIsCheckpoint(): boolean {
    return this.#lastIsCheckpoint;
  }

  get key(): KeyState {
    return this.#key;
  }

  /** Epoch of the next record, which is determined (format page, section 3). */
  nextEpoch(eventType: string): number {
    if (this.size === 0) return 0;
    return determinedEpoch({ epoch: this.#epoch, lastIsCheckpoint: this.#lastIsCheckpoint }, eventType);
  }

  /** The secret that `epoch` needs; the chain does not move to it before {@link adoptKey}. */
  deriveKey(epoch: number): KeyState {
    let secret = Uint8Array.from(this.#key.secret());
    for (let at = this.#key.epoch; at < epoch; at++) {
      const next = nextEpochSecret(this.#hashes, secret);
      secret.fill(0);
      secret = Uint8Array.from(next);
      next.fill(0);
    }
    return new KeyState(epoch, secret);
  }

  /** Moves to a secret that is on disk; the old one is overwritten. */
  adoptKey(key: KeyState): void {
    this.destroyKey();
    this.#key = key;
    this.#macKey = epochMacKey(this.#hashes, key.secret());
  }

  destroyKey(): void {
    this.#macKey.destroy();
    this.#key.destroy();
  }

  /** The timestamp an entry of that moment gets: never smaller than the last. */
  timestampAt(wallMicros: number): string {
    const timestamp = formatTimestamp(wallMicros);
    if (timestamp < this.#timestamp) return this.#timestamp;
    return timestamp;
  }

  /** Puts entries into the chain, one after the other; all of them of the epoch whose key the chain holds. */
  append(entries: readonly ChainEntry[]): ChainedBatch {
    const firstSeq = this.size;
    const buffer = Buffer.allocUnsafeSlow(this.#boundOf(entries));
    const leaves: Uint8Array[] = [];
    let end = 0;
    const day = this.timestampAt(entries[0]?.wallMicros ?? 0).slice(0, 10);
    let moment: number | undefined;
    for (const { eventType, severity, membersJson, wallMicros } of entries) {
      this.#moveEpoch(eventType);
      if (wallMicros !== moment) this.#timestamp = this.timestampAt(wallMicros);
      moment = wallMicros;
      const start = end;
      end += buffer.write(
        encodeBody({
          seq: this.size,
          timestamp: this.#timestamp,
          eventType,
          severity,
          workerId: this.#workerId,
          membersJson,
          epoch: this.#epoch,
          prev: this.#prev,
        }),
        start,
      );
      end += buffer.write(encodeMac(this.#macKey.macHex(buffer.subarray(start, end))), end, 'latin1');
      const leaf = leafHash(this.#hashes, buffer.subarray(start, end - 1));
      this.#tree.append(leaf);
      this.#prev = toHex(leaf);
      leaves.push(leaf);
    }
    return { firstSeq, bytes: buffer.subarray(0, end), leaves, day };
  }

  #moveEpoch(eventType: string): void {
    const epoch = this.nextEpoch(eventType);
    if (epoch !== this.#key.epoch) {
      throw new Error(
        `The record needs the key of epoch ${epoch}, but the chain holds that of ${this.#key.epoch}`,
      );
    }
    this.#epoch = epoch;
    this.#lastIsCheckpoint = eventType === 'checkpoint';
  }

  /** At least as many bytes as the entries' lines have. */
  #boundOf(entries: readonly ChainEntry[]): number {
    const envelopes = entries.length * (ENVELOPE_BYTES + this.#workerId.length);
    return entries.reduce((sum, { membersJson }) => sum + Buffer.byteLength(membersJson), envelopes);
  }
}
