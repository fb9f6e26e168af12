import { equalBytes } from '../bytes.js';
import { AuditError } from '../errors.js';
import type { HashProvider } from '../hash/hash-provider.js';
import { leafHash } from '../hash/tree-hashes.js';
import type { LogIdentity } from '../identity.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import { CompactTree, frontierLength } from '../merkle/compact-tree.js';
import { openCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import { frontierOf } from '../verify/record-tree.js';
import { type FileTask, waitFor } from './file-operation.js';
import { listSegments, type StoredSegment } from './log-directory.js';
import { readStored } from './read-stored.js';

/**
 * Compares a log that is about to be opened with the checkpoint of it that was published last. Changes nothing.
 *
 * @param size number of its records
 * @throws {@link AuditError} `LOG_ROLLED_BACK`, `LOG_FORKED`; `NOT_PROVABLE` if what would have to be compared was pruned;
 *   `INVALID_NOTE` if the checkpoint is not one of this log
 */
export function* comparePublished(
  directory: string,
  lastPublished: (origin: string) => Promise<string | undefined>,
  identity: LogIdentity,
  size: number,
  hashes: HashProvider,
): FileTask<void> {
  const text = yield* waitFor(() => lastPublished(identity.origin));
  if (text === undefined) return;
  const { treeSize, rootHash } = openCheckpoint(text, parseVerifierKey(identity.vkey));
  if (treeSize > size) {
    throw new AuditError(
      'LOG_ROLLED_BACK',
      `The checkpoint published last covers ${treeSize} records, the log has ${size}`,
    );
  }
  const root = yield* rootAt(directory, treeSize, hashes);
  if (root === undefined) {
    throw new AuditError(
      'NOT_PROVABLE',
      `The checkpoint published last covers ${treeSize} records, which were pruned`,
    );
  }
  if (!equalBytes(root, rootHash)) {
    throw new AuditError('LOG_FORKED', `The checkpoint published last states other ${treeSize} records`);
  }
}

/** The root of the log's first `size` records; `undefined` if the records that it takes are not there. */
function* rootAt(directory: string, size: number, hashes: HashProvider): FileTask<Uint8Array | undefined> {
  if (size === 0) return new CompactTree(hashes).root();
  const segments = yield* listSegments(directory);
  const segment =
    segments.findLast(({ firstSeq }) => firstSeq < size) ??
    segments.find(({ firstSeq }) => firstSeq === size);
  const tree = segment && (yield* treeAt(directory, segment, size, hashes));
  return tree?.size === size ? tree.root() : undefined;
}

/** The tree when it has `size` leaves, or as many as the segment lets it have. */
function* treeAt(
  directory: string,
  segment: StoredSegment,
  size: number,
  hashes: HashProvider,
): FileTask<CompactTree | undefined> {
  const lines = new LineReader();
  let tree: CompactTree | undefined;
  yield* readStored(directory, segment, (piece) => {
    for (const { bytes, leaf } of lines.push(piece)) {
      tree ??= treeBefore(segment.firstSeq, bytes, hashes);
      if (tree === undefined || tree.size === size) return false;
      tree.append(bytes === undefined ? leaf : leafHash(hashes, bytes));
    }
    return tree?.size !== size;
  });
  return tree;
}

/** The tree of all that comes before a segment, as the segment's first line has it. */
function treeBefore(
  firstSeq: number,
  line: Uint8Array | undefined,
  hashes: HashProvider,
): CompactTree | undefined {
  if (firstSeq === 0) return new CompactTree(hashes);
  const record = line && decodeRecord(line).record;
  const frontier = record && frontierOf(record);
  return frontier?.length === frontierLength(firstSeq)
    ? CompactTree.fromFrontier(hashes, firstSeq, frontier)
    : undefined;
}
