import { type FileHandle, open } from 'node:fs/promises';
import { AuditError } from '../errors.js';
import { segmentName } from '../segment-name.js';
import { CHECKPOINT_FILE, IDENTITY_FILE, type LogSource } from '../source/log-source.js';
import { BLOCK_BYTES, MAX_PACKED_FILE_BYTES, packedHeader } from '../source/packed.js';

/**
 * Writes a log into one file: `log.json`, `checkpoint` and the segments, plain, as an archive that `tar` reads as well. The
 * same log gives the same bytes. Nothing else is taken: no key lies in a log's directory, and none is looked for.
 *
 * @param path must not exist; whoever calls removes it if this fails
 * @throws {@link AuditError} `INVALID_SOURCE` if a segment is too large; whatever the source throws
 */
export async function packLog(source: LogSource, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    let at = 0;
    const put = async (name: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
      at = await putFile(file, at, name, content);
    };
    // The checkpoint first: it never is ahead of segments that are read later.
    const checkpoint = await source.checkpoint();
    const identity = await source.identity();
    if (identity !== undefined) await put(IDENTITY_FILE, once(identity));
    if (checkpoint !== undefined) await put(CHECKPOINT_FILE, once(checkpoint));
    for (const { firstSeq, read } of await source.segments()) await put(segmentName(firstSeq), read());
    await writeAll(file, new Uint8Array(2 * BLOCK_BYTES), at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns where the next file begins. The size is known only once the content was written. */
async function putFile(
  file: FileHandle,
  at: number,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  const start = at + BLOCK_BYTES;
  let end = start;
  for await (const piece of content) {
    end += await writeAll(file, piece, end);
  }
  if (end - start > MAX_PACKED_FILE_BYTES) {
    throw new AuditError('INVALID_SOURCE', `${name} has more than ${MAX_PACKED_FILE_BYTES} bytes`);
  }
  await writeAll(file, packedHeader(name, end - start), at);
  const padding = (BLOCK_BYTES - ((end - start) % BLOCK_BYTES)) % BLOCK_BYTES;
  return end + (await writeAll(file, new Uint8Array(padding), end));
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written);
    written += bytesWritten;
  }
  return bytes.length;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
