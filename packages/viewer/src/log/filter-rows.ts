import type { LogIndex } from './log-index.js';

/** Which rows are wanted; what is left out does not matter. */
export interface RowFilter {
  /** By number, as in `LogIndex.severities`. */
  readonly severities?: ReadonlySet<number>;
  /** Number in `LogIndex.typeNames`. */
  readonly type?: number;
  /** From this time on, in milliseconds since 1970; lines without a time are left out then. */
  readonly since?: number;
  /** Before this time. */
  readonly until?: number;
  /** Rows that a search found, ascending. */
  readonly found?: Uint32Array<ArrayBuffer>;
}

/** The rows that fit, ascending. */
export function filterRows(index: LogIndex, filter: RowFilter): Uint32Array<ArrayBuffer> {
  const { severities, type, since, until, found } = filter;
  const rows = new Uint32Array(found?.length ?? index.rows);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = found === undefined ? i : (found[i] as number);
    if (severities !== undefined && !severities.has(index.severities[row] as number)) continue;
    if (type !== undefined && index.types[row] !== type) continue;
    const time = index.times[row] as number;
    // The opposite comparison would let NaN through.
    if (since !== undefined && !(time >= since)) continue;
    if (until !== undefined && !(time < until)) continue;
    rows[count++] = row;
  }
  return rows.slice(0, count);
}
