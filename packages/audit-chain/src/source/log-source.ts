/** A log to read: a directory, files that someone picked, bytes in memory. Nothing in it is trusted. */
export interface LogSource {
  /** Bytes of log.json, if it is there. */
  identity(): Promise<Uint8Array | undefined>;
  /** Bytes of the file `checkpoint`, if it is there. */
  checkpoint(): Promise<Uint8Array | undefined>;
  /** In ascending order of {@link SegmentSource.firstSeq}. */
  segments(): Promise<readonly SegmentSource[]>;
}

/** One segment of a log; its bytes are those of the plain file, however they are kept. */
export interface SegmentSource {
  /** The file's name. */
  readonly name: string;
  /** The sequence number in the file's name. */
  readonly firstSeq: number;
  /** Of the file, compressed or not. */
  readonly sizeBytes: number;
  /**
   * The content in pieces of any size; may be called more than once. A piece is valid until the next is asked
   * for: its buffer may be used again.
   *
   * @throws `AuditError` `CORRUPT_SEGMENT`, `COMPRESSION_UNSUPPORTED` for a compressed one
   */
  read(): AsyncIterable<Uint8Array>;
}

/** Names of the small files of a log's directory. */
export const IDENTITY_FILE = 'log.json';
export const CHECKPOINT_FILE = 'checkpoint';

/** Largest log.json or checkpoint that is read; a note with a hundred signatures has a tenth of it. */
export const MAX_SMALL_FILE_BYTES = 1_048_576;

/**
 * Segments in ascending order; of one that is there both plain and compressed the plain one (format page, section 7).
 */
export function inOrder<Segment extends Pick<SegmentSource, 'name' | 'firstSeq'>>(
  segments: readonly Segment[],
): readonly Segment[] {
  // The numbers in the names are padded, and the plain file's name is the beginning of the others.
  const sorted = segments.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.filter(({ firstSeq }, i) => firstSeq !== sorted[i - 1]?.firstSeq);
}
