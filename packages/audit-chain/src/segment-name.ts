const PATTERN = /^segment-(\d{20})\.ndjson$/;

/** File name of the segment whose first record has the sequence number `firstSeq`. */
export function segmentName(firstSeq: number): string {
  return `segment-${String(firstSeq).padStart(20, '0')}.ndjson`;
}

/** The sequence number in a segment's file name, or `undefined` if `name` is not one. */
export function parseSegmentName(name: string): number | undefined {
  const firstSeq = Number(PATTERN.exec(name)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(firstSeq) ? firstSeq : undefined;
}
