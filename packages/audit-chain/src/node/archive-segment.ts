import { createHash, type Hash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { type Compression, segmentName } from '../segment-name.js';
import { MAX_ARCHIVED_BYTES } from '../source/compressed.js';
import { type FileTask, removeUnfinished, replaceFile, waitFor, write } from './file-operation.js';
import { eachPiece } from './read-stored.js';
import { readSegment } from './segment-content.js';
import { uniqueSuffix } from './unique-suffix.js';
import { compress } from './zlib-streams.js';

/**
 * Compresses a closed segment beside the plain file, durably, and reads it back. The plain file stays.
 *
 * @returns the SHA-256 of the compressed file, hex; `undefined` for a segment too large to be read again when compressed
 */
export function* archiveSegment(
  directory: string,
  firstSeq: number,
  compression: Compression,
): FileTask<string | undefined> {
  const [plainName, name] = [segmentName(firstSeq), segmentName(firstSeq, compression)];
  const { size } = yield* waitFor(() => lstat(`${directory}/${plainName}`));
  if (size > MAX_ARCHIVED_BYTES) return undefined;
  const [plain, compressed, back] = [createHash('sha256'), createHash('sha256'), createHash('sha256')];
  try {
    const content = function* (fd: number): FileTask<void> {
      let position = 0;
      const pieces = compress(hashed(readSegment(directory, plainName), plain), compression);
      yield* eachPiece(pieces, function* (piece) {
        compressed.update(piece);
        yield* write(fd, piece, position);
        position += piece.length;
        return true;
      });
    };
    yield* replaceFile(directory, name, content, { mode: 0o644, suffix: uniqueSuffix() });
    yield* eachPiece(readSegment(directory, name), (piece) => {
      back.update(piece);
      return true;
    });
    if (back.digest('hex') !== plain.digest('hex')) throw new Error(`${name} was not read back as written`);
  } catch (error) {
    yield* discard(directory, name);
    throw error;
  }
  return compressed.digest('hex');
}

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** Removes what there is of a compressed segment that is not to be trusted, as far as the disk lets it. */
function* discard(directory: string, name: string): FileTask<void> {
  try {
    yield* removeUnfinished(directory, name);
    yield { op: 'remove', path: `${directory}/${name}` };
  } catch {
    // The plain file is there, and is what is read.
  }
}
