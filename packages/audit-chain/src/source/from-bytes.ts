import { parseSegmentName } from '../segment-name.js';
import { CHECKPOINT_FILE, IDENTITY_FILE, inOrder, type LogSource, type SegmentSource } from './log-source.js';

/** A log of which all files are in memory, by their names; names that no log has are ignored. */
export function fromBytes(files: ReadonlyMap<string, Uint8Array>): LogSource {
  return {
    identity: async () => files.get(IDENTITY_FILE),
    checkpoint: async () => files.get(CHECKPOINT_FILE),
    segments: async () => inOrder([...files].flatMap(([name, bytes]) => segment(name, bytes) ?? [])),
  };
}

function segment(name: string, bytes: Uint8Array): SegmentSource | undefined {
  const firstSeq = parseSegmentName(name);
  if (firstSeq === undefined) return undefined;
  return {
    name,
    firstSeq,
    sizeBytes: bytes.length,
    async *read() {
      yield bytes;
    },
  };
}
