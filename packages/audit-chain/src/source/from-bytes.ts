import { parseSegmentName } from '../segment-name.js';
import { readCompressed } from './compressed.js';
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
  const parsed = parseSegmentName(name);
  if (parsed === undefined) return undefined;
  const { firstSeq, compression } = parsed;
  const plain = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  const read = compression === undefined ? plain : () => readCompressed(name, compression, plain());
  return { name, firstSeq, sizeBytes: bytes.length, read };
}
