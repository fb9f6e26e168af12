import { expect, test } from 'vitest';
import { concatBytes, utf8 } from '../bytes.js';
import { leafHash } from '../hash/tree-hashes.js';
import { CompactTree } from '../merkle/compact-tree.js';
import { nodeHashes as hashes } from '../node/node-hashes.js';
import { TileBuilder } from './tile-builder.js';

const entry = (i: number): Uint8Array => utf8(`entry ${i}`);
const leaf = (i: number): Uint8Array => leafHash(hashes, entry(i));

function tilesOf(size: number): Map<string, Uint8Array> {
  const builder = new TileBuilder(hashes);
  const tiles = new Map<string, Uint8Array>();
  for (let i = 0; i < size; i++) {
    for (const { path, bytes } of builder.append(entry(i), leaf(i))) tiles.set(path, bytes);
  }
  for (const { path, bytes } of builder.partial()) tiles.set(path, bytes);
  return tiles;
}

function rootOf(from: number, to: number): Uint8Array {
  const tree = new CompactTree(hashes);
  for (let i = from; i < to; i++) tree.append(leaf(i));
  return tree.root();
}

test.each<[number, string[]]>([
  [0, []],
  [1, ['tile/0/000.p/1', 'tile/entries/000.p/1']],
  [255, ['tile/0/000.p/255', 'tile/entries/000.p/255']],
  [256, ['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']],
  [
    513,
    [
      ...['tile/0/000', 'tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2'],
      ...['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/1'],
    ],
  ],
])('a tree of %d leaves has the tiles of C2SP tlog-tiles and no other', (size, paths) => {
  expect([...tilesOf(size).keys()].sort()).toEqual(paths);
});

test('70,000 leaves: as many tiles of each level as the specification counts', () => {
  const builder = new TileBuilder(hashes);
  const paths: string[] = [];
  const same = leaf(0);
  for (let i = 0; i < 70_000; i++) {
    for (const { path } of builder.append(entry(0), same)) paths.push(path);
  }
  for (const { path } of builder.partial()) paths.push(path);
  const of = (level: number): string[] => paths.filter((path) => path.startsWith(`tile/${level}/`));
  expect([of(0).length, of(0).at(-1)]).toEqual([274, 'tile/0/273.p/112']);
  expect(of(1)).toEqual(['tile/1/000', 'tile/1/001.p/17']);
  expect(of(2)).toEqual(['tile/2/000.p/1']);
});

test('a tile holds the leaves, and above them the roots of full tiles below', () => {
  const tiles = tilesOf(515);
  expect(tiles.get('tile/0/002.p/3')).toEqual(concatBytes(leaf(512), leaf(513), leaf(514)));
  expect(tiles.get('tile/1/000.p/2')).toEqual(concatBytes(rootOf(0, 256), rootOf(256, 512)));
});

test('a bundle holds entries behind their length in two bytes', () => {
  const builder = new TileBuilder(hashes);
  const long = new Uint8Array(65_535).fill(7);
  expect([...builder.append(utf8('ab'), leaf(0)), ...builder.append(long, leaf(1))]).toEqual([]);
  const [bundle] = builder.partial();
  expect(bundle?.path).toBe('tile/entries/000.p/2');
  expect(bundle?.bytes).toEqual(concatBytes(Uint8Array.of(0, 2, 0x61, 0x62, 0xff, 0xff), long));
});
