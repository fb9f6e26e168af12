import { fromUtf8, utf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { parseSegmentName } from '../segment-name.js';
import { readCompressed } from './compressed.js';
import {
  CHECKPOINT_FILE,
  IDENTITY_FILE,
  type LogSource,
  MAX_SMALL_FILE_BYTES,
  type SegmentSource,
} from './log-source.js';

/** A tar block. */
export const BLOCK_BYTES = 512;
/** Most files that a packed log may have. */
const MAX_FILES = 100_000;
/** Largest size that the header's eleven octal digits hold. */
export const MAX_PACKED_FILE_BYTES: number = 8 ** 11 - 1;

/** A file that can be read at any place. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** The bytes from `start` to before `end`, in pieces; both lie within the file. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

interface PackedFile {
  readonly name: string;
  readonly start: number;
  readonly sizeBytes: number;
}

/** The header of one file in a packed log (POSIX ustar); nothing in it depends on the machine or the time. */
export function packedHeader(name: string, sizeBytes: number): Uint8Array {
  const header = new Uint8Array(BLOCK_BYTES);
  const put = (at: number, text: string): void => header.set(utf8(text), at);
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${sizeBytes.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\x0000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/**
 * Opens a packed log: a ustar archive that holds `log.json`, `checkpoint` and segments, each once, and nothing else.
 * Every header must be byte for byte as `pack` writes it, so no path, link or other kind of entry can be one.
 *
 * @throws {@link AuditError} `INVALID_SOURCE` for any other archive, or one that was cut short
 */
export async function fromPacked(file: RandomAccess): Promise<LogSource> {
  const files = await listFiles(file);
  const small = async (name: string): Promise<Uint8Array | undefined> => {
    const found = files.get(name);
    if (found === undefined) return undefined;
    if (found.sizeBytes > MAX_SMALL_FILE_BYTES)
      throw refused(`${name} has more than ${MAX_SMALL_FILE_BYTES} bytes`);
    return readAll(file, found.start, found.start + found.sizeBytes);
  };
  // In the order of the archive, which is ascending.
  const segments = [...files.values()].flatMap((packed) => segment(file, packed) ?? []);
  return {
    identity: () => small(IDENTITY_FILE),
    checkpoint: () => small(CHECKPOINT_FILE),
    segments: async () => segments,
  };
}

async function listFiles(file: RandomAccess): Promise<ReadonlyMap<string, PackedFile>> {
  const files = new Map<string, PackedFile>();
  let lastSegment = -1;
  for (let at = 0; ; ) {
    if (at + 2 * BLOCK_BYTES > file.sizeBytes) throw refused('it was cut short');
    const header = await readAll(file, at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) {
      const end = await readAll(file, at, at + 2 * BLOCK_BYTES);
      if (file.sizeBytes !== at + end.length || end.some((byte) => byte !== 0))
        throw refused('it goes on after its end');
      return files;
    }
    const { name, sizeBytes } = parseHeader(header);
    const seq = parseSegmentName(name)?.firstSeq;
    if (files.has(name) || (seq !== undefined && seq <= lastSegment))
      throw refused('its files are not in order');
    if (files.size >= MAX_FILES) throw refused(`it has more than ${MAX_FILES} files`);
    lastSegment = seq ?? lastSegment;
    files.set(name, { name, start: at + BLOCK_BYTES, sizeBytes });
    at += BLOCK_BYTES + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

function parseHeader(header: Uint8Array): { readonly name: string; readonly sizeBytes: number } {
  const name = fromUtf8(header.subarray(0, header.indexOf(0))) ?? '';
  const digits = fromUtf8(header.subarray(124, 135)) ?? '';
  const isOwn = name === IDENTITY_FILE || name === CHECKPOINT_FILE;
  const compression = parseSegmentName(name)?.compression;
  // Zstandard can blow up a few bytes to any number; gzip a thousandfold.
  if (
    (!isOwn && parseSegmentName(name) === undefined) ||
    compression === 'zstd' ||
    !/^[0-7]{11}$/.test(digits)
  ) {
    throw refused('it holds something other than a log’s files');
  }
  const sizeBytes = Number.parseInt(digits, 8);
  const expected = packedHeader(name, sizeBytes);
  if (header.some((byte, i) => byte !== expected[i])) throw refused('a header is not as pack writes it');
  return { name, sizeBytes };
}

function segment(file: RandomAccess, { name, start, sizeBytes }: PackedFile): SegmentSource | undefined {
  const parsed = parseSegmentName(name);
  if (parsed === undefined) return undefined;
  const { firstSeq, compression } = parsed;
  const stored = (): AsyncIterable<Uint8Array> => file.read(start, start + sizeBytes);
  const read = compression === undefined ? stored : () => readCompressed(name, compression, stored());
  return { name, firstSeq, sizeBytes, read };
}

async function readAll(file: RandomAccess, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  for await (const piece of file.read(start, end)) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  if (filled !== bytes.length) throw refused('it changed while it was read');
  return bytes;
}

function refused(why: string): AuditError {
  return new AuditError('INVALID_SOURCE', `Expected a log that audit-chain packed, but ${why}`);
}
