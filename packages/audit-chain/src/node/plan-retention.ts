import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import { type FileTask, readDirectory, removeUnfinished } from './file-operation.js';
import { listSegments, listStoredSegments, type StoredSegment } from './log-directory.js';
import { readStored } from './read-stored.js';
import { BEST_COMPRESSION } from './zlib-streams.js';

/** Files of segments that follow each other. */
export interface SegmentFiles {
  /** Sequence numbers of the first and of the last record in them. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The oldest first. */
  readonly names: readonly string[];
}

export interface PruningRules {
  /** Segments all of whose records are older may go; a timestamp. `undefined` if age does not count. */
  readonly olderThan: string | undefined;
  /** Number of closed segments that are kept at most. */
  readonly maxSegments: number;
}

/** Chooses what may go of the closed segments; `undefined` if nothing may. */
export function* planPruning(directory: string, rules: PruningRules): FileTask<SegmentFiles | undefined> {
  const segments = yield* listSegments(directory);
  const excess = segments.length - 1 - rules.maxSegments;
  let count = 0;
  for (const next of segments.slice(1)) {
    if (count >= excess && !(yield* beginsBefore(directory, next, rules.olderThan))) break;
    count++;
  }
  const [oldest, kept] = [segments[0], segments[count]];
  if (count === 0 || oldest === undefined || kept === undefined) return undefined;
  const files = yield* listStoredSegments(directory);
  const names = files.filter(({ firstSeq }) => firstSeq < kept.firstSeq).map(({ name }) => name);
  return { firstSeq: oldest.firstSeq, lastSeq: kept.firstSeq - 1, names };
}

/** The closed segments that lie there plain, and which files of each go once it is archived. Removes what a crash left. */
export function* listArchivable(directory: string): FileTask<readonly SegmentFiles[]> {
  yield* removeUnfinishedArchives(directory);
  const segments = yield* listSegments(directory);
  const files = yield* listStoredSegments(directory);
  return segments.slice(0, -1).flatMap(({ firstSeq, compression }, i) => {
    const next = segments[i + 1];
    if (compression !== undefined || next === undefined) return [];
    const others = files.filter(
      (file) => file.firstSeq === firstSeq && file.compression !== BEST_COMPRESSION,
    );
    return [{ firstSeq, lastSeq: next.firstSeq - 1, names: others.map(({ name }) => name) }];
  });
}

/** Removes compressed segments whose writing a crash cut short. */
export function* removeUnfinishedArchives(directory: string): FileTask<void> {
  for (const name of yield* readDirectory(directory)) {
    const [, archive = ''] = /^(segment-.*\.ndjson\.[a-z]+)\.[0-9a-f]+\.tmp$/.exec(name) ?? [];
    if (archive !== '') yield* removeUnfinished(directory, archive);
  }
}

/** Whether a segment's first record is older than that, and so is everything before it. */
function* beginsBefore(
  directory: string,
  segment: StoredSegment,
  moment: string | undefined,
): FileTask<boolean> {
  if (moment === undefined) return false;
  let timestamp: string | undefined;
  const lines = new LineReader();
  yield* readStored(directory, segment, (piece) => {
    const [first] = lines.push(piece);
    timestamp = first?.bytes && decodeRecord(first.bytes).record?.timestamp;
    return false;
  });
  return timestamp !== undefined && timestamp < moment;
}
