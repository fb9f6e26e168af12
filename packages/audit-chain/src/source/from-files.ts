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
import { fromPacked } from './packed.js';

/** What is used of a web `File`. */
export interface FileLike {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): { getReader(): FileReader };
  /** Needed of a packed log only, which is read in parts. */
  slice?(start: number, end: number): Pick<FileLike, 'stream'>;
}

/** What is used of a web stream's default reader. */
interface FileReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/**
 * The log whose files someone picked in a browser: those of `<input type="file" webkitdirectory>`, or of a drop.
 * Or the packed log (`.tar`) that they picked. Files that belong to no log are ignored.
 *
 * @throws {@link AuditError} `INVALID_SOURCE` if two files have one name: they are of different logs
 */
export function fromFiles(files: Iterable<FileLike>): LogSource {
  const byName = new Map<string, FileLike>();
  const packed: FileLike[] = [];
  for (const file of files) {
    const { name } = file;
    if (name.endsWith('.tar')) packed.push(file);
    if (name !== IDENTITY_FILE && name !== CHECKPOINT_FILE && parseSegmentName(name) === undefined) continue;
    if (byName.has(name)) {
      throw new AuditError('INVALID_SOURCE', `Expected the files of one log but received ${name} twice`);
    }
    byName.set(name, file);
  }
  const [archive, ...more] = packed;
  if (byName.size === 0 && archive !== undefined) {
    if (more.length > 0)
      throw new AuditError('INVALID_SOURCE', 'Expected one packed log but received several');
    return packedSource(archive);
  }
  return {
    identity: () => readSmall(byName.get(IDENTITY_FILE)),
    checkpoint: () => readSmall(byName.get(CHECKPOINT_FILE)),
    segments: async () => inOrder([...byName.values()].flatMap((file) => segment(file) ?? [])),
  };
}

/** Opened when it is first read: whoever picks files waits for nothing. */
function packedSource(file: FileLike): LogSource {
  let opened: Promise<LogSource> | undefined;
  const read = (start: number, end: number): AsyncGenerator<Uint8Array> => {
    if (file.slice === undefined)
      throw new AuditError('INVALID_SOURCE', 'A packed log needs files with slice');
    const part = file.slice(start, end);
    return readStream({ name: file.name, stream: () => part.stream() });
  };
  const open = (): Promise<LogSource> => (opened ??= fromPacked({ sizeBytes: file.size, read }));
  return {
    identity: async () => (await open()).identity(),
    checkpoint: async () => (await open()).checkpoint(),
    segments: async () => (await open()).segments(),
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
async function* readStream(file: Pick<FileLike, 'name' | 'stream'>): AsyncGenerator<Uint8Array> {
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
