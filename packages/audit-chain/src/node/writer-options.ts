/** When records become durable. */
export type FlushMode =
  /** As soon as possible; records that arrive meanwhile share one fdatasync. */
  | { readonly mode: 'immediate' }
  /** When `records` wait, or `intervalMs` after the first of them. */
  | { readonly mode: 'batched'; readonly records: number; readonly intervalMs: number }
  /** As batched, but a CRITICAL record, and all before it, at once. */
  | { readonly mode: 'hybrid'; readonly records: number; readonly intervalMs: number };

/** When checkpoints are written, besides before a segment is closed and at close. */
export interface CheckpointSchedule {
  /** Milliseconds after the oldest uncovered record; default 10,000. */
  readonly intervalMs?: number;
  /** Number of uncovered records; default 65,536. */
  readonly records?: number;
  /** At once after a CRITICAL record; default true. */
  readonly afterCritical?: boolean;
}

/** When a new segment begins, besides at every UTC day unless `daily` is false. */
export interface RotationSchedule {
  /** Default 64 MiB; a segment may exceed it by the records that are written together. */
  readonly segmentBytes?: number;
  /** Default true. */
  readonly daily?: boolean;
}

export interface WriterSettings {
  readonly flush: FlushMode;
  readonly checkpoint: Required<CheckpointSchedule>;
  readonly rotation: Required<RotationSchedule>;
  readonly reserveBytes: number;
}

/** Larger segments serve nobody: they are what is copied, compressed and pruned. */
const MAX_SEGMENT_BYTES = 536_870_912;
/** What is written at once when the disk is found full has to fit. */
const MIN_RESERVE_BYTES = 2_097_152;
const MAX_RESERVE_BYTES = 1_073_741_824;
const MAX_INTERVAL_MS = 86_400_000;

/** @throws RangeError that names the setting */
export function writerSettings(
  flush: FlushMode = { mode: 'immediate' },
  checkpoint: CheckpointSchedule = {},
  rotation: RotationSchedule = {},
  reserveBytes = 8_388_608,
): WriterSettings {
  if (flush.mode !== 'immediate') {
    assertRange('flush.records', flush.records, 1, 936);
    assertRange('flush.intervalMs', flush.intervalMs, 1, MAX_INTERVAL_MS);
  }
  const settings: WriterSettings = {
    flush,
    checkpoint: { intervalMs: 10_000, records: 65_536, afterCritical: true, ...checkpoint },
    rotation: { segmentBytes: 67_108_864, daily: true, ...rotation },
    reserveBytes,
  };
  assertRange('checkpoint.intervalMs', settings.checkpoint.intervalMs, 1, MAX_INTERVAL_MS);
  assertRange('checkpoint.records', settings.checkpoint.records, 1, Number.MAX_SAFE_INTEGER);
  assertRange('rotation.segmentBytes', settings.rotation.segmentBytes, 1024, MAX_SEGMENT_BYTES);
  if (reserveBytes !== 0) assertRange('reserveBytes', reserveBytes, MIN_RESERVE_BYTES, MAX_RESERVE_BYTES);
  return settings;
}

function assertRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`Expected ${name} to be an integer from ${min} to ${max} but received ${value}`);
  }
}
