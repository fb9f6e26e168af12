import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import { frontierLength } from '../merkle/compact-tree.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource } from '../source/log-source.js';
import { frontierOf } from '../verify/record-tree.js';

/** A line of the log as a leaf of its tree. */
export interface Leaf {
  readonly index: number;
  readonly hash: Uint8Array;
  /** The line without its LF, valid until the next leaf; `undefined` for one longer than any record. */
  readonly bytes: Uint8Array | undefined;
}

/** The leaves behind the first segment: how many, and their frontier. */
export interface TreeStart {
  readonly size: number;
  readonly frontier: readonly Uint8Array[];
}

/**
 * Reads what a log's tree starts from: nothing, or the frontier that the first segment of a pruned log begins with.
 *
 * @throws {@link AuditError} `INVALID_PROOF` if that segment begins otherwise
 */
export async function readTreeStart(source: LogSource): Promise<TreeStart> {
  const [first] = await source.segments();
  const size = first?.firstSeq ?? 0;
  if (first === undefined || size === 0) return { size: 0, frontier: [] };
  const lines = new LineReader();
  for await (const chunk of first.read()) {
    for (const { bytes } of lines.push(chunk)) {
      const record = bytes && decodeRecord(bytes).record;
      const frontier = record?.seq === size ? frontierOf(record) : undefined;
      if (frontier?.length === frontierLength(size)) return { size, frontier };
      throw damaged(`${first.name} does not begin with the frontier of what came before it`);
    }
  }
  throw damaged(`${first.name} has no record`);
}

/** All complete lines of a log as leaves; the first has the index in its segment's name. */
export async function* readLeaves(
  source: LogSource,
  hashes: HashProvider,
  signal: AbortSignal | undefined,
): AsyncGenerator<Leaf> {
  const segments = await source.segments();
  let index = segments[0]?.firstSeq ?? 0;
  for (const segment of segments) {
    const lines = new LineReader();
    for await (const chunk of segment.read()) {
      signal?.throwIfAborted();
      for (const { bytes, leaf } of lines.push(chunk)) {
        yield { index, hash: leaf ?? leafHash(hashes, bytes), bytes };
        index++;
      }
    }
  }
}

export function damaged(why: string): AuditError {
  return new AuditError('INVALID_PROOF', `The log is not what its checkpoint states: ${why}`);
}
