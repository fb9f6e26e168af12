import { concatBytes } from '../bytes.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { CompactTree } from '../merkle/compact-tree.js';
import { TILE_WIDTH, tilePath } from './tile-path.js';

/** A file of a tiled log. */
export interface Tile {
  /** Below the tree's prefix, such as `tile/0/000`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Level {
  /** Number of full tiles before the one that is being filled. */
  index: number;
  hashes: Uint8Array[];
}

/**
 * Cuts a tree into tiles and entry bundles (C2SP tlog-tiles) while its leaves pass by once; memory is one bundle and
 * one tile for each level.
 */
export class TileBuilder {
  readonly #hashes: HashProvider;
  readonly #levels: Level[] = [];
  #bundle: Uint8Array[] = [];
  #bundleIndex = 0;

  constructor(hashes: HashProvider) {
    this.#hashes = hashes;
  }

  /**
   * Appends an entry; gives the tiles that it fills.
   *
   * @param entry at most 65,535 bytes: its length is written as two bytes
   * @param leaf its leaf hash
   */
  *append(entry: Uint8Array, leaf: Uint8Array): Generator<Tile> {
    this.#bundle.push(prefixed(entry));
    if (this.#bundle.length === TILE_WIDTH) {
      yield this.#entryBundle();
      this.#bundle = [];
      this.#bundleIndex++;
    }
    let hash = leaf;
    for (let depth = 0; ; depth++) {
      this.#levels[depth] ??= { index: 0, hashes: [] };
      const level = this.#levels[depth] as Level;
      level.hashes.push(hash);
      if (level.hashes.length < TILE_WIDTH) return;
      yield tileOf(depth, level);
      hash = this.#rootOf(level.hashes);
      level.hashes = [];
      level.index++;
    }
  }

  /** The partial tiles at the right edge of the tree as it stands. */
  *partial(): Generator<Tile> {
    if (this.#bundle.length > 0) yield this.#entryBundle();
    for (const [depth, level] of this.#levels.entries()) {
      if (level.hashes.length > 0) yield tileOf(depth, level);
    }
  }

  #entryBundle(): Tile {
    const path = tilePath('entries', this.#bundleIndex, this.#bundle.length);
    return { path, bytes: concatBytes(...this.#bundle) };
  }

  #rootOf(hashes: readonly Uint8Array[]): Uint8Array {
    const tree = new CompactTree(this.#hashes);
    for (const hash of hashes) tree.append(hash);
    return tree.root();
  }
}

function tileOf(depth: number, { index, hashes }: Level): Tile {
  return { path: tilePath(depth, index, hashes.length), bytes: concatBytes(...hashes) };
}

/** The entry behind its length, a big-endian uint16; a copy. */
function prefixed(entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + entry.length);
  new DataView(bytes.buffer).setUint16(0, entry.length);
  bytes.set(entry, 2);
  return bytes;
}
