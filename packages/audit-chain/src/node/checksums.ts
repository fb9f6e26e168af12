import { utf8 } from '../bytes.js';
import { type Compression, parseSegmentName, segmentName } from '../segment-name.js';
import { type FileTask, readFile, replaceFile, syncDirectory } from './file-operation.js';

const SUMS_FILE = 'SHA256SUMS';
const MAX_SUMS_BYTES = 16_777_216;

/** The file SHA256SUMS: a line for each closed segment, for `sha256sum -c`. */
export class Checksums {
  readonly #directory: string;
  readonly #uniqueSuffix: () => string;

  constructor(directory: string, uniqueSuffix: () => string) {
    this.#directory = directory;
    this.#uniqueSuffix = uniqueSuffix;
  }

  /**
   * @param digest SHA-256 of the segment's file, hex
   * @param compression of that file; the sum of another file of the segment goes
   */
  *add(firstSeq: number, digest: string, compression?: Compression): FileTask<void> {
    const others = (yield* this.#read()).filter((line) => firstSeqOf(line) !== firstSeq);
    yield* this.#replace([...others, `${digest}  ${segmentName(firstSeq, compression)}`]);
  }

  /**
   * Takes back the sums of the segments that begin with these records: they are pruned, or one goes on after all because
   * its writer died between closing it and opening the next.
   */
  *remove(firstSeq: number, lastSeq: number = firstSeq): FileTask<void> {
    const lines = yield* this.#read();
    const others = lines.filter((line) => {
      const seq = firstSeqOf(line);
      return seq === undefined || seq < firstSeq || seq > lastSeq;
    });
    if (others.length > 0 && others.length < lines.length) yield* this.#replace(others);
    // `sha256sum -c` refuses a file without a line.
    else if (others.length < lines.length) {
      yield { op: 'remove', path: `${this.#directory}/${SUMS_FILE}` };
      yield* syncDirectory(this.#directory);
    }
  }

  *#read(): FileTask<readonly string[]> {
    const content = yield* readFile(`${this.#directory}/${SUMS_FILE}`, MAX_SUMS_BYTES);
    return content === undefined ? [] : new TextDecoder().decode(content.bytes).split('\n').filter(Boolean);
  }

  *#replace(lines: readonly string[]): FileTask<void> {
    const bytes = utf8(lines.map((line) => `${line}\n`).join(''));
    yield* replaceFile(this.#directory, SUMS_FILE, bytes, { mode: 0o644, suffix: this.#uniqueSuffix() });
  }
}

/** The number of the segment that a line is of. */
function firstSeqOf(line: string): number | undefined {
  return parseSegmentName(line.slice(line.lastIndexOf(' ') + 1))?.firstSeq;
}
