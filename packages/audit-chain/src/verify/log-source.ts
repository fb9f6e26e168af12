import { parseSegmentName } from '../segment-name.js';

/** A log to read: a directory, files that someone picked, or bytes in memory. */
export interface LogSource {
  /** Bytes of log.json, if it is there. */
  readonly identity: Uint8Array | undefined;
  /** Bytes of the file `checkpoint`, if it is there. */
  readonly checkpoint: Uint8Array | undefined;
  /** In ascending order of {@link SegmentSource.firstSeq}. */
  readonly segments: readonly SegmentSource[];
}

export interface SegmentSource {
  /** The file's name. */
  readonly name: string;
  /** The sequence number in the file's name. */
  readonly firstSeq: number;
  readonly sizeBytes: number;
  /** The content in pieces of any size; may be called more than once. */
  read(): AsyncIterable<Uint8Array>;
}

/** A log of which all files are in memory, by their names; names that no log has are ignored. */
export function fromBytes(files: ReadonlyMap<string, Uint8Array>): LogSource {
  const segments = [...files].flatMap(([name, bytes]) => {
    const firstSeq = parseSegmentName(name);
    if (firstSeq === undefined) return [];
    const read = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
    };
    return [{ name, firstSeq, sizeBytes: bytes.length, read }];
  });
  return {
    identity: files.get('log.json'),
    checkpoint: files.get('checkpoint'),
    segments: inOrder(segments),
  };
}

export function inOrder(segments: readonly SegmentSource[]): readonly SegmentSource[] {
  return segments.toSorted((a, b) => a.firstSeq - b.firstSeq);
}
