/** How a closed segment may be compressed. */
export type Compression = 'gzip' | 'zstd';

/** Endings of the file names of compressed segments. */
const ENDINGS = { gzip: '.gz', zstd: '.zst' } as const;
export const COMPRESSIONS: readonly Compression[] = ['gzip', 'zstd'];

/** What the name of a segment's file says. */
export interface SegmentName {
  /** Sequence number of the first record. */
  readonly firstSeq: number;
  /** `undefined` for the plain file. */
  readonly compression: Compression | undefined;
}

const PATTERN = /^segment-(\d{20})\.ndjson(\.gz|\.zst)?$/;

/** File name of the segment whose first record has the sequence number `firstSeq`. */
export function segmentName(firstSeq: number, compression?: Compression): string {
  const ending = compression === undefined ? '' : ENDINGS[compression];
  return `segment-${String(firstSeq).padStart(20, '0')}.ndjson${ending}`;
}

/** What a segment's file name says, or `undefined` if `name` is not one. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const [, digits = '', ending] = PATTERN.exec(name) ?? [];
  const firstSeq = digits === '' ? Number.NaN : Number(digits);
  if (!Number.isSafeInteger(firstSeq)) return undefined;
  return { firstSeq, compression: COMPRESSIONS.find((compression) => ENDINGS[compression] === ending) };
}
