import { AuditError } from '../errors.js';
import { parseSegmentName } from '../segment-name.js';
import { readCompressed } from './compressed.js';
import {
  CHECKPOINT_FILE,
  IDENTITY_FILE,
  inOrder,
  type LogSource,
  MAX_SMALL_FILE_BYTES,
  type SegmentSource,
} from './log-source.js';

/** What is used of a web `File`. */
export interface FileLike {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): { getReader(): FileReader };
}

/** What is used of a web stream's default reader. */
interface FileReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/**
 * The log whose files someone picked in a browser: those of `<input type="file" webkitdirectory>`, or of a drop.
 * Files that belong to no log are ignored.
 *
 * @throws {@link AuditError} `INVALID_SOURCE` if two files have one name: they are of different logs
 */
export function fromFiles(files: Iterable<FileLike>): LogSource {
  const byName = new Map<string, FileLike>();
  for (const file of files) {
    const { name } = file;
    if (name !== IDENTITY_FILE && name !== CHECKPOINT_FILE && parseSegmentName(name) === undefined) continue;
    if (byName.has(name)) {
      throw new AuditError('INVALID_SOURCE', `Expected the files of one log but received ${name} twice`);
    }
    byName.set(name, file);
  }
  return {
    identity: () => readSmall(byName.get(IDENTITY_FILE)),
    checkpoint: () => readSmall(byName.get(CHECKPOINT_FILE)),
    segments: async () => inOrder([...byName.values()].flatMap((file) => segment(file) ?? [])),
  };
}

async function readSmall(file: FileLike | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined;
  if (file.size > MAX_SMALL_FILE_BYTES) {
    throw new AuditError('INVALID_SOURCE', `${file.name} has more than ${MAX_SMALL_FILE_BYTES} bytes`);
  }
  return new Uint8Array(await file.arrayBuffer().catch((cause: unknown) => unreadable(file.name, cause)));
}

function segment(file: FileLike): SegmentSource | undefined {
  const { name, size: sizeBytes } = file;
  const parsed = parseSegmentName(name);
  if (parsed === undefined) return undefined;
  const { firstSeq, compression } = parsed;
  const plain = (): AsyncGenerator<Uint8Array> => readStream(file);
  const read = compression === undefined ? plain : () => readCompressed(name, compression, plain());
  return { name, firstSeq, sizeBytes, read };
}

/** Not `for await` over the stream itself, which not every browser has. */
async function* readStream(file: FileLike): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => unreadable(file.name, cause));
      if (done || value === undefined) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // what failed has been told
  }
}

function unreadable(name: string, cause: unknown): never {
  throw new AuditError('INVALID_SOURCE', `${name} cannot be read`, { cause });
}
