import {
  BLOCK_BYTES,
  BLOCK_WORDS,
  CHUNK_END,
  CHUNK_START,
  CV_WORDS,
  compress,
  IV,
  PARENT,
  ROOT,
} from './blake3-compress.js';

/** What the BLAKE3 paper calls a chunk; here a leaf, since a chunk of this package is 512 of them. */
export const LEAF_BYTES = 1024;

/** Merged chaining values above one another: inputs have fewer than 2^53 bytes, so fewer than 2^43 leaves. */
const MAX_DEPTH = 43;

/**
 * A subtree of BLAKE3, over bytes that come in pieces: the whole tree (finished as `root`) or the part over a
 * run of leaves (finished as `node`). A part must start where a complete subtree of its size starts.
 */
export class Blake3Tree {
  /** The last leaf so far. It is hashed only when more input follows, for the last leaf may be the root. */
  readonly #leaf = new Uint8Array(LEAF_BYTES);
  #leafBytes = 0;
  readonly #firstLeaf: number;
  #leavesDone = 0;
  /** Chaining values of complete subtrees, larger ones first, at most one of each size. */
  readonly #stack = new Uint32Array(MAX_DEPTH * CV_WORDS);
  #depth = 0;
  readonly #cv = new Uint32Array(CV_WORDS);
  readonly #message = new Uint32Array(BLOCK_WORDS);

  constructor(firstLeaf = 0) {
    this.#firstLeaf = firstLeaf;
  }

  update(bytes: Uint8Array): void {
    let offset = 0;
    if (this.#leafBytes > 0) {
      offset = Math.min(LEAF_BYTES - this.#leafBytes, bytes.length);
      this.#keep(bytes.subarray(0, offset));
      if (offset === bytes.length) return;
      this.#hashLeaf(this.#leaf, 0, LEAF_BYTES, 0);
      this.#pushLeaf();
      this.#leafBytes = 0;
    }
    for (; bytes.length - offset > LEAF_BYTES; offset += LEAF_BYTES) {
      this.#hashLeaf(bytes, offset, LEAF_BYTES, 0);
      this.#pushLeaf();
    }
    this.#keep(bytes.subarray(offset));
  }

  /** The digest, if this is the whole tree. */
  root(): Uint8Array {
    return this.#finish(ROOT);
  }

  /** The chaining value of this subtree inside a larger tree. */
  node(): Uint8Array {
    return this.#finish(0);
  }

  destroy(): void {
    this.#leaf.fill(0);
    this.#message.fill(0);
    this.#cv.fill(0);
    this.#stack.fill(0);
  }

  #keep(bytes: Uint8Array): void {
    this.#leaf.set(bytes, this.#leafBytes);
    this.#leafBytes += bytes.length;
  }

  #finish(root: number): Uint8Array {
    this.#hashLeaf(this.#leaf, 0, this.#leafBytes, this.#depth === 0 ? root : 0);
    while (this.#depth > 0) {
      this.#depth--;
      this.#mergeWithStack(this.#depth === 0 ? root : 0);
    }
    const result = wordsToBytes(this.#cv);
    this.destroy();
    return result;
  }

  /** Leaves the chaining value of one leaf in `#cv`. */
  #hashLeaf(bytes: Uint8Array, offset: number, length: number, root: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
    const counter = this.#firstLeaf + this.#leavesDone;
    this.#cv.set(IV);
    let flags = CHUNK_START;
    let at = 0;
    for (; length - at > BLOCK_BYTES; at += BLOCK_BYTES) {
      loadBlock(view, at, this.#message);
      compress(this.#cv, this.#message, counter, BLOCK_BYTES, flags);
      flags = 0;
    }
    loadLastBlock(view, at, this.#message);
    compress(this.#cv, this.#message, counter, length - at, flags | CHUNK_END | root);
  }

  /**
   * Takes `#cv` as the next leaf and merges the subtrees that it completes: one for each trailing zero bit.
   */
  #pushLeaf(): void {
    this.#leavesDone++;
    for (let leaves = this.#leavesDone; leaves % 2 === 0; leaves /= 2) {
      this.#depth--;
      this.#mergeWithStack(0);
    }
    this.#stack.set(this.#cv, this.#depth * CV_WORDS);
    this.#depth++;
  }

  /** Replaces `#cv` by the parent of the value at `#depth` of the stack (left) and itself (right). */
  #mergeWithStack(root: number): void {
    const left = this.#depth * CV_WORDS;
    this.#message.set(this.#stack.subarray(left, left + CV_WORDS), 0);
    this.#message.set(this.#cv, CV_WORDS);
    this.#cv.set(IV);
    compress(this.#cv, this.#message, 0, BLOCK_BYTES, PARENT | root);
  }
}

/**
 * The digest of an input from the chaining values of its chunks, at least two. A chunk is a complete subtree
 * but for the last, so the tree above has the same shape as one whose leaves the chunks are: the left part is
 * the largest power of two that leaves something to the right (paper, section 2.1).
 */
export function blake3RootFromNodes(nodes: readonly Uint8Array[]): Uint8Array {
  return wordsToBytes(mergeNodes(nodes, 0, nodes.length, ROOT));
}

function mergeNodes(nodes: readonly Uint8Array[], start: number, end: number, root: number): Uint32Array {
  if (end - start === 1) return bytesToWords(nodes[start] as Uint8Array);
  let left = 1;
  while (left * 2 < end - start) left *= 2;
  const message = new Uint32Array(BLOCK_WORDS);
  message.set(mergeNodes(nodes, start, start + left, 0), 0);
  message.set(mergeNodes(nodes, start + left, end, 0), CV_WORDS);
  const cv = IV.slice();
  compress(cv, message, 0, BLOCK_BYTES, PARENT | root);
  return cv;
}

function loadBlock(view: DataView, offset: number, message: Uint32Array): void {
  for (let i = 0; i < BLOCK_WORDS; i++) message[i] = view.getUint32(offset + 4 * i, true);
}

/** The last block of a leaf, padded with zeros. */
function loadLastBlock(view: DataView, offset: number, message: Uint32Array): void {
  const block = new DataView(new ArrayBuffer(BLOCK_BYTES));
  for (let i = offset; i < view.byteLength; i++) block.setUint8(i - offset, view.getUint8(i));
  loadBlock(block, 0, message);
}

function wordsToBytes(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return new Uint8Array(view.buffer);
}

function bytesToWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
