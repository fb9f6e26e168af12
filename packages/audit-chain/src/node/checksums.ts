import { utf8 } from '../bytes.js';
import { segmentName } from '../segment-name.js';
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

  /** @param digest SHA-256 of the whole segment, hex */
  *add(firstSeq: number, digest: string): FileTask<void> {
    const others = (yield* this.#read()).filter((line) => !isOf(line, firstSeq));
    yield* this.#replace([...others, `${digest}  ${segmentName(firstSeq)}`]);
  }

  /** Takes back the sum of a segment that goes on after all: its writer died between closing it and opening the next. */
  *remove(firstSeq: number): FileTask<void> {
    const lines = yield* this.#read();
    const others = lines.filter((line) => !isOf(line, firstSeq));
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

function isOf(line: string, firstSeq: number): boolean {
  return line.endsWith(`  ${segmentName(firstSeq)}`);
}
