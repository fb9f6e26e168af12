import { AuditError } from '../errors.js';
import { type FileTask, waitFor } from './file-operation.js';
import type { StoredSegment } from './log-directory.js';
import { readPieces } from './read-pieces.js';
import { readSegment } from './segment-content.js';

/**
 * Reads a segment of the writer's own log, compressed or not, piece by piece.
 *
 * @param take receives a piece of the plain segment; returns whether it wants more
 * @returns number of bytes of the plain segment; of a compressed one those that were read
 * @throws {@link AuditError} `LOG_DAMAGED` if it is compressed and corrupt, `COMPRESSION_UNSUPPORTED`
 */
export function* readStored(
  directory: string,
  { name, compression }: StoredSegment,
  take: (piece: Uint8Array) => boolean,
): FileTask<number> {
  if (compression === undefined) return yield* readPieces(`${directory}/${name}`, 0, take);
  let sizeBytes = 0;
  try {
    yield* eachPiece(readSegment(directory, name), (piece) => {
      sizeBytes += piece.length;
      return take(piece);
    });
    return sizeBytes;
  } catch (cause) {
    if (!(cause instanceof AuditError) || cause.code !== 'CORRUPT_SEGMENT') throw cause;
    throw new AuditError('LOG_DAMAGED', cause.message, { cause });
  }
}

/** Takes pieces as they come until no more are wanted, and ends what makes them. */
export function* eachPiece(
  pieces: AsyncGenerator<Uint8Array>,
  take: (piece: Uint8Array) => boolean | FileTask<boolean>,
): FileTask<void> {
  try {
    for (;;) {
      const { done, value } = (yield* waitFor(() => pieces.next())) as IteratorResult<Uint8Array, void>;
      if (done) return;
      const wantsMore = take(value);
      if (!(typeof wantsMore === 'boolean' ? wantsMore : yield* wantsMore)) return;
    }
  } finally {
    pieces.return(undefined).catch(() => undefined); // closes a file that was only read
  }
}
