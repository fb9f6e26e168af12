import { fromUtf8 } from '../bytes.js';
import type { VerifierKey } from '../keys/verifier-key.js';
import { openCheckpoint, type ParsedCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource, SegmentSource } from '../source/log-source.js';

/** A checkpoint and the text it was read from, cosignatures included. */
export interface CheckpointNote extends ParsedCheckpoint {
  readonly text: string;
}

/**
 * The newest checkpoint of a log, if it carries a valid signature: that of the file `checkpoint`, where witnesses may
 * have cosigned it, unless a record knows a newer one.
 */
export async function newestCheckpoint(
  source: LogSource,
  key: VerifierKey,
  signal: AbortSignal | undefined,
): Promise<CheckpointNote | undefined> {
  const bytes = await source.checkpoint();
  const file = opened(bytes && fromUtf8(bytes), key);
  for (const segment of (await source.segments()).toReversed()) {
    const note = await lastNoteIn(segment, signal);
    if (note === undefined) continue;
    const recorded = opened(note, key);
    return recorded === undefined || (file?.treeSize ?? -1) >= recorded.treeSize ? file : recorded;
  }
  return file;
}

async function lastNoteIn(
  segment: SegmentSource,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let last: string | undefined;
  const lines = new LineReader();
  for await (const chunk of segment.read()) {
    signal?.throwIfAborted();
    for (const { bytes } of lines.push(chunk)) {
      const record = bytes && decodeRecord(bytes).record;
      const note = record?.eventType === 'checkpoint' ? record.members['note'] : undefined;
      if (typeof note === 'string') last = note;
    }
  }
  return last;
}

function opened(text: string | undefined, key: VerifierKey): CheckpointNote | undefined {
  if (text === undefined) return undefined;
  try {
    return { ...openCheckpoint(text, key), text };
  } catch {
    return undefined;
  }
}
