import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../errors.js';
import { COMPRESSIONS, type Compression, parseSegmentName, segmentName } from '../segment-name.js';
import { readCompressed } from '../source/compressed.js';
import { openRegularFile, readChunks } from './regular-file.js';
import { decompress } from './zlib-streams.js';

/** A segment's file, open for reading. */
export interface SegmentContent {
  readonly name: string;
  readonly file: FileHandle;
  readonly compression: Compression | undefined;
}

/**
 * Opens a segment's file; if the plain one is gone, the compressed one that came in its place.
 *
 * @throws {@link AuditError} `INVALID_SOURCE`
 */
export async function openSegmentContent(directory: string, name: string): Promise<SegmentContent> {
  const { firstSeq, compression } = parseSegmentName(name) ?? {};
  const archives =
    firstSeq === undefined || compression !== undefined
      ? []
      : COMPRESSIONS.map((each) => ({ name: segmentName(firstSeq, each), compression: each }));
  for (const candidate of [{ name, compression }, ...archives]) {
    const file = await openRegularFile(join(directory, candidate.name), candidate.name);
    if (file !== undefined) return { ...candidate, file };
  }
  throw new AuditError('INVALID_SOURCE', `${name} vanished while the log was read`);
}

/**
 * The bytes of the plain segment from `position` on, whichever file is open.
 *
 * @throws {@link AuditError} `INVALID_SOURCE`, `CORRUPT_SEGMENT`, `COMPRESSION_UNSUPPORTED`
 */
export async function* readSegmentContent(
  { name, file, compression }: SegmentContent,
  position = 0,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) {
    yield* readChunks(file, position);
    return;
  }
  let skip = position;
  for await (const piece of readCompressed(name, compression, readAll(file, name), decompress)) {
    const rest = piece.subarray(skip);
    skip -= Math.min(skip, piece.length);
    if (rest.length > 0) yield rest;
  }
}

/** What fails here is the disk, not what was compressed. */
async function* readAll(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* readChunks(file, 0);
  } catch (cause) {
    throw new AuditError('INVALID_SOURCE', `${name} cannot be read`, { cause });
  }
}

/** Opens, reads and closes a segment. */
export async function* readSegment(directory: string, name: string): AsyncGenerator<Uint8Array> {
  const content = await openSegmentContent(directory, name);
  try {
    yield* readSegmentContent(content);
  } finally {
    await content.file.close();
  }
}
