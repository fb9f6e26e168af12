/** What each reason of a {@link Defect} means, in plain words (format page, section 7). */
export const DEFECT_REASONS = {
  MISSING_SEGMENT: 'A segment file is gone, or is empty although newer ones follow.',
  MALFORMED_RECORD: 'A line is not a record as the worker writes it, or stands where it cannot stand.',
  SEQUENCE_GAP:
    'A record has another number than the one that comes next: records are gone, doubled or moved.',
  PREV_MISMATCH: 'A record does not follow from the line before it: one of the two is not what was written.',
  EPOCH_REGRESSION: 'A record claims an older MAC key than its place allows.',
  EPOCH_JUMP: 'A record claims a newer MAC key than its place allows.',
  TIMESTAMP_REGRESSION: 'A record is older than the one before it.',
  IDENTITY_MISMATCH: 'A record is of another worker, another log or another key than was expected.',
  MAC_MISMATCH: 'A record was not written, or not so, by a holder of the log’s MAC key.',
  FRONTIER_MISMATCH: 'A segment does not begin with the hashes of what came before it.',
  SIGNATURE_INVALID: 'A checkpoint is not signed by the log’s key.',
  CHECKPOINT_MISMATCH: 'A checkpoint was signed for other records than these.',
  FORKED:
    'A checkpoint that was kept elsewhere, or the file checkpoint, was signed for other records than these.',
  ROLLED_BACK: 'A checkpoint covers more records than are there: the newest are gone.',
  NO_RECORDS: 'There is no record to check.',
  TORN_TAIL: 'The last line was not written to its end, as after a crash.',
  UNCOVERED_TAIL: 'The newest records are not yet covered by a signed checkpoint.',
  UNTRUSTED_KEY: 'Neither a root key nor a verifier key was given, so only the log’s own word was checked.',
  UNRECORDED_PRUNING: 'The oldest records are gone, and no record that can be trusted says why.',
  ANCHOR_TOO_OLD: 'The checkpoint is from before the first record that is left, and cannot be compared.',
  CHECKPOINT_FILE_INVALID: 'The file checkpoint carries no valid signature of the log.',
} as const;

/** Everything a verifier may find. */
export type DefectReason = keyof typeof DEFECT_REASONS;

/** What was found, and where. Place and `seq` are `null` where the whole log is meant. */
export interface Defect {
  readonly reason: DefectReason;
  /** Name of the segment's file. */
  readonly segment: string | null;
  /** Counts from 1. */
  readonly line: number | null;
  readonly seq: number | null;
  /** One sentence; holds nothing of the log's own text. */
  readonly detail: string;
}

/** Takes a defect down at the place that is being verified. */
export type Report = (reason: DefectReason, detail: string) => void;
