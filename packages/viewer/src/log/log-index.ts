/** Severities by their number in {@link LogIndex.severities}; the last is that of a line that is no record. */
export const SEVERITY_NAMES = ['INFO', 'WARNING', 'CRITICAL', 'NOT A RECORD'] as const;
export type SeverityName = (typeof SEVERITY_NAMES)[number];
export const NOT_A_RECORD = 3;

/** A segment's part of the index. */
export interface IndexedSegment {
  /** Name of the file. */
  readonly name: string;
  /** Row of its first line. */
  readonly firstRow: number;
}

/**
 * Where every line of a log stands and what is needed to filter it: some 30 bytes for each line, none of its text. One row
 * for each line, in the order of the log.
 */
export interface LogIndex {
  readonly rows: number;
  readonly segments: readonly IndexedSegment[];
  /** Where the line begins in its segment's plain bytes. */
  readonly offsets: Float64Array<ArrayBuffer>;
  /** Its length in bytes, without the LF. */
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** `NaN` for a line that is no record. */
  readonly seqs: Float64Array<ArrayBuffer>;
  /** Milliseconds since 1970, with a fraction; `NaN` for a line that is no record. */
  readonly times: Float64Array<ArrayBuffer>;
  /** Number in {@link SEVERITY_NAMES}. */
  readonly severities: Uint8Array<ArrayBuffer>;
  /** Number in {@link typeNames}. */
  readonly types: Uint16Array<ArrayBuffer>;
  readonly typeNames: readonly string[];
}

/** Number of the segment that a row lies in; -1 if there is none. */
export function segmentOfRow({ segments }: LogIndex, row: number): number {
  return segments.findLastIndex(({ firstRow }) => firstRow <= row);
}

/** The row of a line, by its place; `undefined` if it is not there. */
export function rowOfPlace(index: LogIndex, segmentName: string, line: number): number | undefined {
  const number = index.segments.findIndex(({ name }) => name === segmentName);
  const firstRow = index.segments[number]?.firstRow;
  if (firstRow === undefined) return undefined;
  const endRow = index.segments[number + 1]?.firstRow ?? index.rows;
  const row = firstRow + line - 1;
  return row < endRow ? row : undefined;
}

/** The row of a record, by its sequence number; of a log that was tampered with, the first that has it. */
export function rowOfSeq({ seqs }: LogIndex, seq: number): number | undefined {
  // In a sound log the rows are in order of their numbers; in another one they may be anything.
  const guess = seq - (seqs[0] ?? 0);
  const row = seqs[guess] === seq ? guess : seqs.indexOf(seq);
  return row < 0 ? undefined : row;
}
