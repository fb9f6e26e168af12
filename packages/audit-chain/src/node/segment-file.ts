import { createHash, type Hash } from 'node:crypto';
import { segmentName } from '../segment-name.js';
import { close, datasync, type FileTask, open, syncDirectory, write } from './file-operation.js';

/** The segment that is being written. */
export class SegmentFile {
  readonly firstSeq: number;
  readonly #directory: string;
  readonly #fd: number;
  readonly #hash: Hash = createHash('sha256');
  #sizeBytes: number;
  #day: string | undefined;
  #isNew: boolean;

  private constructor(directory: string, firstSeq: number, fd: number, isNew: boolean) {
    this.#directory = directory;
    this.firstSeq = firstSeq;
    this.#fd = fd;
    this.#isNew = isNew;
    this.#sizeBytes = 0;
  }

  /** Makes a segment; it is on disk for good with its first {@link sync}. */
  static *create(directory: string, firstSeq: number): FileTask<SegmentFile> {
    const fd = yield* open(`${directory}/${segmentName(firstSeq)}`, 'create');
    return new SegmentFile(directory, firstSeq, fd, true);
  }

  /** Goes on with a segment that holds `bytes`; what lies after them is overwritten. */
  static *resume(
    directory: string,
    firstSeq: number,
    bytes: Uint8Array,
    day: string | undefined,
  ): FileTask<SegmentFile> {
    const fd = yield* open(`${directory}/${segmentName(firstSeq)}`, 'readWrite');
    const segment = new SegmentFile(directory, firstSeq, fd, false);
    segment.#hash.update(bytes);
    segment.#sizeBytes = bytes.length;
    segment.#day = day;
    return segment;
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

  /** Everything appended so far survives a crash after this. */
  *sync(): FileTask<void> {
    yield* datasync(this.#fd);
    if (this.#isNew) yield* syncDirectory(this.#directory);
    this.#isNew = false;
  }

  *close(): FileTask<void> {
    yield* close(this.#fd);
  }

  /** Closes the segment for good; gives the SHA-256 of its bytes, hex. */
  *finish(): FileTask<string> {
    yield* this.close();
    return this.#hash.digest('hex');
  }
}
