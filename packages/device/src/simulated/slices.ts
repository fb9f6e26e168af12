import { setImmediate } from 'node:timers/promises';
import type { ByteRange } from '../allocation.js';

/** How many bytes are worked on before other work of the process gets its turn, in the background or not. */
const SLICE_BYTES: number = 1024 ** 2;

/** Calls `work` for each slice of the range in order, yielding to the event loop between slices. */
export async function forEachSlice(
  range: ByteRange,
  signal: AbortSignal | undefined,
  work: (start: number, end: number) => void,
): Promise<void> {
  const rangeEnd = range.offset + range.length;
  for (let start = range.offset; start < rangeEnd; start += SLICE_BYTES) {
    if (start > range.offset) await setImmediate();
    signal?.throwIfAborted();
    work(start, Math.min(start + SLICE_BYTES, rangeEnd));
  }
}
