import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import { frontierLength } from '../merkle/compact-tree.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource, SegmentSource } from '../source/log-source.js';
import { frontierOf } from '../verify/record-tree.js';

/** A line of the log as a leaf of its tree. */
export interface Leaf {
  readonly index: number;
  readonly hash: Uint8Array;
  /** The line without its LF, valid until the next leaf; `undefined` for one longer than any record. */
  readonly bytes: Uint8Array | undefined;
}

/** Where a log's tree is read from: the segments, and the number and the frontier of the leaves before them. */
export interface TreeStart {
  readonly size: number;
  readonly frontier: readonly Uint8Array[];
  readonly segments: readonly SegmentSource[];
}

/**
 * Reads what a log's tree starts from: nothing, or the frontier that a segment begins with.
 *
 * @param knownSize so many leaves may be before the start: the last segment that begins there or earlier is the first
 *   that is read; default 0, the whole log or what pruning left of it
 * @throws {@link AuditError} `INVALID_PROOF` if that segment begins otherwise
 */
export async function readTreeStart(source: LogSource, knownSize = 0): Promise<TreeStart> {
  const all = await source.segments();
  const skipped = all.findLastIndex(({ firstSeq }) => firstSeq <= knownSize);
  const segments = all.slice(Math.max(0, skipped));
  const [first] = segments;
  const size = first?.firstSeq ?? 0;
  if (first === undefined || size === 0) return { size: 0, frontier: [], segments };
  const lines = new LineReader();
  for await (const chunk of first.read()) {
    for (const { bytes } of lines.push(chunk)) {
      const record = bytes && decodeRecord(bytes).record;
      const frontier = record?.seq === size ? frontierOf(record) : undefined;
      if (frontier?.length === frontierLength(size)) return { size, frontier, segments };
      throw damaged(`${first.name} does not begin with the frontier of what came before it`);
    }
  }
  throw damaged(`${first.name} has no record`);
}

/** All complete lines of segments that follow each other as leaves; the first has the index in its segment's name. */
export async function* readLeaves(
  segments: readonly SegmentSource[],
  hashes: HashProvider,
  signal: AbortSignal | undefined,
): AsyncGenerator<Leaf> {
  let index = segments[0]?.firstSeq ?? 0;
  for (const segment of segments) {
    const lines = new LineReader();
    for await (const chunk of segment.read()) {
      signal?.throwIfAborted();
      for (const { bytes, leaf } of lines.push(chunk)) {
        yield { index, hash: bytes === undefined ? leaf : leafHash(hashes, bytes), bytes };
        index++;
      }
    }
  }
}

export function damaged(why: string): AuditError {
  return new AuditError('INVALID_PROOF', `The log is not what its checkpoint states: ${why}`);
}
