import { AuditError } from '../errors.js';
import type { Compression } from '../segment-name.js';

/**
 * Most bytes that a compressed segment is taken for: twice the largest size at which one is closed. A few bytes can be made
 * to decompress to any number; the writer leaves larger segments plain.
 */
export const MAX_ARCHIVED_BYTES = 1_073_741_824;

/** Decompresses; throws whatever it likes for bytes that are no compressed data. */
export type Decompress = (
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
) => AsyncIterable<Uint8Array>;

/**
 * The content of a compressed segment, streaming.
 *
 * @param name what messages call it
 * @param chunks the file's bytes; what they throw of {@link AuditError} is passed on
 * @throws {@link AuditError} `CORRUPT_SEGMENT` for bytes that are no compressed segment, `COMPRESSION_UNSUPPORTED`
 */
export async function* readCompressed(
  name: string,
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  decompress: Decompress = decompressOnPlatform,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const piece of decompress(chunks, compression)) {
      sizeBytes += piece.length;
      if (sizeBytes > MAX_ARCHIVED_BYTES) {
        throw new AuditError('CORRUPT_SEGMENT', `${name} decompresses to more than any segment has`);
      }
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof AuditError) throw cause;
    throw new AuditError('CORRUPT_SEGMENT', `${name} is not sound ${compression} data`, { cause });
  }
}

/** What is used of the Compression Streams API, which TypeScript declares with the DOM only. */
type DecompressionStreamClass = new (
  format: string,
) => {
  readonly readable: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
  };
  readonly writable: {
    getWriter(): {
      write(chunk: Uint8Array): Promise<void>;
      close(): Promise<void>;
      abort(reason: unknown): Promise<void>;
    };
  };
};

/** With what the platform has. */
async function* decompressOnPlatform(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = openStream(compression);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const feed = async (): Promise<void> => {
    try {
      // Copies: the buffer of a chunk may be used again before the stream has come to it.
      for await (const chunk of chunks) await writer.write(new Uint8Array(chunk));
      await writer.close();
    } catch (error) {
      await writer.abort(error); // whoever reads is told
    }
  };
  const feeding = feed().catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || value === undefined) break;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // what failed has been told
    await feeding;
  }
}

function openStream(compression: Compression): InstanceType<DecompressionStreamClass> {
  const { DecompressionStream } = globalThis as { readonly DecompressionStream?: DecompressionStreamClass };
  try {
    if (DecompressionStream !== undefined) return new DecompressionStream(compression);
  } catch {
    // The platform does not know this one.
  }
  throw unsupported(compression);
}

export function unsupported(compression: Compression): AuditError {
  return new AuditError('COMPRESSION_UNSUPPORTED', `${compression} cannot be decompressed here`);
}
