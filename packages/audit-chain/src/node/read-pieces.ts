import { close, type FileStatus, type FileTask, open } from './file-operation.js';

const PIECE_BYTES = 1_048_576;

/**
 * Reads a regular file from `start` on, piece by piece: memory does not grow with it.
 *
 * @param take receives a piece and its position in the file; returns whether it wants more, or the steps to find out
 * @returns the size of the file in bytes
 * @throws Error if it is not a regular file, or there is none
 */
export function* readPieces(
  path: string,
  start: number,
  take: (piece: Uint8Array, position: number) => boolean | FileTask<boolean>,
): FileTask<number> {
  const fd = yield* open(path, 'read');
  try {
    const { isFile, sizeBytes } = (yield { op: 'stat', fd }) as FileStatus;
    if (!isFile) throw new Error(`${path} is not a regular file`);
    for (let at = start; at < sizeBytes; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, sizeBytes - at);
      const piece = (yield { op: 'read', fd, length, position: at }) as Uint8Array;
      const wantsMore = take(piece, at);
      if (!(typeof wantsMore === 'boolean' ? wantsMore : yield* wantsMore)) break;
    }
    return sizeBytes;
  } finally {
    yield* close(fd);
  }
}
