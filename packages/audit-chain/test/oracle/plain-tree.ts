import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export const plainLeaf = (line: Uint8Array): Buffer => sha256(Buffer.of(0), line);

/** RFC 6962, section 2.1, word for word; of leaves that are gone it knows a frontier. */
export class PlainTree {
  readonly #known = new Map<string, Buffer>();
  size = 0;

  static from(size: number, frontier: readonly Buffer[]): PlainTree {
    const tree = new PlainTree();
    perfectSubtrees(size).forEach(([start, end], i) => {
      tree.#known.set(`${start}-${end}`, frontier[i] as Buffer);
    });
    tree.size = size;
    return tree;
  }

  append(leaf: Buffer): void {
    this.#known.set(`${this.size}-${this.size + 1}`, leaf);
    this.size++;
  }

  root(size = this.size): Buffer {
    return size === 0 ? sha256() : this.#hash(0, size);
  }

  frontier(): Buffer[] {
    return perfectSubtrees(this.size).map(([start, end]) => this.#hash(start, end));
  }

  #hash(start: number, end: number): Buffer {
    const known = this.#known.get(`${start}-${end}`);
    if (known !== undefined) return known;
    let half = 1;
    while (half * 2 < end - start) half *= 2;
    return sha256(Buffer.of(1), this.#hash(start, start + half), this.#hash(start + half, end));
  }
}

export function perfectSubtrees(size: number): [start: number, end: number][] {
  const found: [number, number][] = [];
  let start = 0;
  for (const digit of size
    .toString(2)
    .split('')
    .map((bit, i, all) => Number(bit) * 2 ** (all.length - 1 - i))) {
    if (digit > 0) found.push([start, start + digit]);
    start += digit;
  }
  return found;
}
