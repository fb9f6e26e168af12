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
  readonly sizeBytes: number;
  /**
   * The content in pieces of any size; may be called more than once. A piece is valid until the next is asked
   * for: its buffer may be used again.
   */
  read(): AsyncIterable<Uint8Array>;
}

/** Names of the small files of a log's directory. */
export const IDENTITY_FILE = 'log.json';
export const CHECKPOINT_FILE = 'checkpoint';

/** Largest log.json or checkpoint that is read; a note with a hundred signatures has a tenth of it. */
export const MAX_SMALL_FILE_BYTES = 1_048_576;

export function inOrder(segments: readonly SegmentSource[]): readonly SegmentSource[] {
  return segments.toSorted((a, b) => a.firstSeq - b.firstSeq);
}
