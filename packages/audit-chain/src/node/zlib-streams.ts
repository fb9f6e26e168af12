import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression } from '../segment-name.js';
import { unsupported } from '../source/compressed.js';

/** Bytes that zlib gives at a time. */
const OPTIONS = { chunkSize: 262_144 } as const;

type MakeStream = (options: typeof OPTIONS) => Transform;

/** Zstandard came to node:zlib with Node 22.15; the types are those of the oldest Node that is supported. */
const { createZstdCompress, createZstdDecompress } = zlib as {
  readonly createZstdCompress?: MakeStream;
  readonly createZstdDecompress?: MakeStream;
};

/** The better of what this Node has. */
export const BEST_COMPRESSION: Compression = createZstdCompress === undefined ? 'gzip' : 'zstd';

/** Compresses, streaming. Each chunk is done with when the next is asked for. */
export function compress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  return through(chunks, compression, { gzip: zlib.createGzip, zstd: createZstdCompress });
}

/**
 * Decompresses, streaming; throws zlib's errors.
 *
 * @throws {@link AuditError} `COMPRESSION_UNSUPPORTED`
 */
export function decompress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  return through(chunks, compression, { gzip: zlib.createGunzip, zstd: createZstdDecompress });
}

async function* through(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
  makers: Readonly<Record<Compression, MakeStream | undefined>>,
): AsyncGenerator<Uint8Array> {
  const make = makers[compression];
  if (make === undefined) throw unsupported(compression);
  const stream = make(OPTIONS);
  // A failure of either ends both, and reading tells it.
  pipeline(Readable.from(copies(chunks)), stream, () => undefined);
  yield* stream;
}

/** A stream reads ahead: the buffer of a chunk may be used again before it has come to it. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield new Uint8Array(chunk);
}
