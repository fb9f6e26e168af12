import { expect, test } from 'vitest';
import { type TileLevel, tilePath } from './tile-path.js';

test.each<[TileLevel, number, number, string]>([
  [0, 0, 256, 'tile/0/000'],
  [0, 999, 256, 'tile/0/999'],
  [0, 1000, 256, 'tile/0/x001/000'],
  [1, 1234067, 256, 'tile/1/x001/x234/067'],
  [2, 5, 17, 'tile/2/005.p/17'],
  ['entries', 273, 112, 'tile/entries/273.p/112'],
  ['entries', 1_000_000, 1, 'tile/entries/x001/x000/000.p/1'],
])('level %s, index %d, width %d', (level, index, width, path) => {
  expect(tilePath(level, index, width)).toBe(path);
});
