import { createHash, type Hash } from 'node:crypto';
import { segmentName } from '../segment-name.js';
import { close, datasync, type FileTask, open, syncDirectory, write } from './file-operation.js';

const PIECE_BYTES = 1_048_576;

/** A segment that goes on: what of it verifies. */
export interface OpenSegment {
  readonly firstSeq: number;
  readonly sizeBytes: number;
  /** SHA-256 of these bytes; owned by who goes on with it. */
  readonly hash: Hash;
  /** UTC day of its first record; `undefined` while it has none. */
  readonly day: string | undefined;
  /** Bytes that are on disk for certain. */
  readonly durableBytes: number;
}

/** The segment that is being written. */
export class SegmentFile {
  readonly firstSeq: number;
  readonly #directory: string;
  readonly #fd: number;
  readonly #hash: Hash;
  #sizeBytes: number;
  #day: string | undefined;
  #isNew: boolean;
  #isClosed = false;

  private constructor(
    directory: string,
    { firstSeq, sizeBytes, hash, day }: OpenSegment,
    fd: number,
    isNew: boolean,
  ) {
    this.#directory = directory;
    this.firstSeq = firstSeq;
    this.#sizeBytes = sizeBytes;
    this.#hash = hash;
    this.#day = day;
    this.#fd = fd;
    this.#isNew = isNew;
  }

  /** Makes a segment; it is on disk for good with its first {@link sync}. */
  static *create(directory: string, firstSeq: number): FileTask<SegmentFile> {
    const fd = yield* open(`${directory}/${segmentName(firstSeq)}`, 'create');
    const empty = { firstSeq, sizeBytes: 0, hash: createHash('sha256'), day: undefined, durableBytes: 0 };
    return new SegmentFile(directory, empty, fd, true);
  }

  /** Goes on with a segment; what lies after the bytes that verify is overwritten. */
  static *resume(directory: string, segment: OpenSegment): FileTask<SegmentFile> {
    const fd = yield* open(`${directory}/${segmentName(segment.firstSeq)}`, 'readWrite');
    return new SegmentFile(directory, segment, fd, segment.sizeBytes === 0);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** UTC day of the first record, `YYYY-MM-DD`. */
  get day(): string | undefined {
    return this.#day;
  }

  /** @param day UTC day of the first of the records in `bytes` */
  *append(bytes: Uint8Array, day: string): FileTask<void> {
    const position = this.#sizeBytes;
    this.#sizeBytes += bytes.length;
    this.#day ??= day;
    this.#hash.update(bytes);
    yield* write(this.#fd, bytes, position);
  }

  /** Cuts everything after the records that verify, durably. */
  *cut(): FileTask<void> {
    yield { op: 'truncate', fd: this.#fd, size: this.#sizeBytes };
    yield* datasync(this.#fd);
  }

  /**
   * Writes the bytes from `from` on once more, durably. After an fsync that failed the kernel may take pages for written
   * that are not: what was read from them would be gone after a power cut, and acknowledged records stand after it.
   */
  *renew(from: number): FileTask<void> {
    if (from === this.#sizeBytes) return;
    for (let at = from; at < this.#sizeBytes; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, this.#sizeBytes - at);
      const piece = (yield { op: 'read', fd: this.#fd, length, position: at }) as Uint8Array;
      yield* write(this.#fd, piece, at);
    }
    yield* datasync(this.#fd);
    yield* syncDirectory(this.#directory);
  }

  /** Everything appended so far survives a crash after this. */
  *sync(): FileTask<void> {
    yield* datasync(this.#fd);
    if (this.#isNew) yield* syncDirectory(this.#directory);
    this.#isNew = false;
  }

  /** A second time it does nothing: by then the descriptor may be another file's. */
  *close(): FileTask<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    yield* close(this.#fd);
  }

  /** Closes it after something failed: that is told, whatever becomes of closing. */
  *abandon(): FileTask<void> {
    try {
      yield* this.close();
    } catch {
      // The kernel has let go of the descriptor all the same.
    }
  }

  /** Closes the segment for good; gives the SHA-256 of its bytes, hex. */
  *finish(): FileTask<string> {
    yield* this.close();
    return this.#hash.digest('hex');
  }
}
