/** Number of hashes in a full tile, and of entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** Names a tile of hashes by its level, or a bundle of entries. */
export type TileLevel = number | 'entries';

/**
 * Path of a tile below the tree's prefix: `tile/<level>/<index>[.p/<width>]` (C2SP tlog-tiles), the index in groups of
 * three digits, such as `x001/x234/067`.
 *
 * @param width number of hashes or entries, from 1 to {@link TILE_WIDTH}; a tile with fewer is partial
 */
export function tilePath(level: TileLevel, index: number, width: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) as readonly string[];
  const path = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}
