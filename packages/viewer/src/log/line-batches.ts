const LF = 0x0a;

/** Complete lines of a segment, or one line that is longer than a batch. */
export type LineBatch =
  | { readonly bytes: Uint8Array; readonly offset: number; readonly longBytes?: undefined }
  | { readonly bytes?: undefined; readonly offset: number; readonly longBytes: number };

/**
 * Cuts the pieces of a segment into batches that end with an LF; only the last may lack it. A line that has no room in a
 * batch is told by its length and never kept. `offset` is where the batch begins in the segment.
 *
 * @param maxBytes most bytes of one batch
 */
export async function* lineBatches(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<LineBatch> {
  const buffer = new Uint8Array(maxBytes);
  let filled = 0;
  let offset = 0;
  let longBytes = 0;
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; ) {
      if (longBytes > 0) {
        const lf = piece.indexOf(LF, start);
        const end = lf < 0 ? piece.length : lf;
        longBytes += end - start;
        start = end;
        if (lf < 0) continue;
        yield { offset, longBytes };
        offset += longBytes + 1;
        longBytes = 0;
        start++;
        continue;
      }
      const taken = piece.subarray(start, start + maxBytes - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      start += taken.length;
      if (filled < maxBytes) continue;
      const end = buffer.lastIndexOf(LF) + 1;
      if (end === 0) {
        longBytes = filled;
        filled = 0;
        continue;
      }
      yield { bytes: buffer.subarray(0, end), offset };
      buffer.copyWithin(0, end, filled);
      filled -= end;
      offset += end;
    }
  }
  if (longBytes > 0) yield { offset, longBytes };
  else if (filled > 0) yield { bytes: buffer.subarray(0, filled), offset };
}
