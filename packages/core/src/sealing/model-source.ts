import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { wrongType, wrongValue } from '../arguments.js';
import { VramError } from '../errors.js';

/**
 * Where a shard comes from: a path, bytes, a Blob, or a stream whose size is known. Bytes must not be changed until
 * sealing has ended.
 */
export type ModelSource =
  | string
  | Uint8Array
  | Blob
  | { readonly stream: AsyncIterable<Uint8Array>; readonly sizeBytes: number };

/** A source that is being read. */
export interface OpenSource {
  readonly sizeBytes: number;
  /** Of the file, where the source is one. */
  readonly descriptor?: number;
  /** The bytes in pieces; a piece is only valid until the next is asked for, and is wiped where it is ours. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Whether what was read is still what the source holds, as far as can be told. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** Read, copied and hashed at a time: about three milliseconds of the event loop where JavaScript hashes. */
const CHUNK_BYTES = 1_048_576;

/**
 * @throws VramError `SOURCE_NOT_A_FILE`, `SOURCE_UNREADABLE`
 * @throws TypeError, RangeError for something that is no source or is empty
 */
export async function openSource(source: ModelSource): Promise<OpenSource> {
  const opened = await openAny(source);
  if (opened.sizeBytes > 0) return opened;
  await opened.close();
  throw wrongValue('source', 'at least one byte long');
}

function openAny(source: ModelSource): Promise<OpenSource> | OpenSource {
  if (typeof source === 'string') return openFile(source);
  if (source instanceof Uint8Array) return fixed(source.length, () => slices(source));
  if (source instanceof Blob) return fixed(source.size, () => source.stream());
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in Object(source.stream)) {
    const { stream, sizeBytes } = source;
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
      throw wrongValue('source.sizeBytes', 'a number of bytes');
    return fixed(sizeBytes, () => stream);
  }
  throw wrongType('source', 'a path, bytes, a Blob or a stream with its size', source);
}

function fixed(sizeBytes: number, chunks: () => AsyncIterable<Uint8Array>): OpenSource {
  return { sizeBytes, chunks, unchanged: () => Promise.resolve(true), close: () => Promise.resolve() };
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    yield bytes.subarray(start, start + CHUNK_BYTES);
}

async function openFile(path: string): Promise<OpenSource> {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new VramError('SOURCE_UNREADABLE', 'The file cannot be opened', { cause });
  });
  const before = await file.stat({ bigint: true });
  const sizeBytes = Number(before.size);
  if (!before.isFile()) {
    await file.close();
    throw new VramError('SOURCE_NOT_A_FILE', 'Expected a regular file');
  }
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(1, sizeBytes)));
  return {
    sizeBytes,
    descriptor: file.fd,
    async *chunks() {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length).catch((cause: unknown) => {
          throw new VramError('SOURCE_UNREADABLE', 'The file cannot be read', { cause });
        });
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    },
    async unchanged() {
      const after = await file.stat({ bigint: true });
      return (
        after.size === before.size && after.mtimeNs === before.mtimeNs && after.ctimeNs === before.ctimeNs
      );
    },
    async close() {
      buffer.fill(0);
      await file.close();
    },
  };
}
