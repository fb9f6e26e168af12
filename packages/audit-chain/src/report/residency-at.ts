import { type QueryOptions, query } from '../query/query.js';
import { utcTimestamp } from '../query/utc-time.js';
import type { LogSource } from '../source/log-source.js';
import { ResidencyTracker, type TrackedShard } from './residency-tracker.js';
import type { ShardResidency } from './shard-residency.js';

export interface ResidencyOptions extends Pick<QueryOptions, 'signal' | 'onMalformed'> {
  /** Records after this one are not looked at: `lastSeq` of the verification that goes with the answer; `null` for none. */
  readonly lastSeq?: number | null | undefined;
}

/** A shard that was resident, as far as the records tell. */
export interface ResidentShard extends ShardResidency {
  /**
   * False if no record at or after the time was written while the shard was still sealed, or the time is before
   * the first record: it then is not known whether the shard was still, or already, there.
   */
  readonly certain: boolean;
}

/** Which shards were resident at a time, as the log's records state it. */
export interface ResidencyAnswer {
  /** The time, to the microsecond. */
  readonly at: string;
  readonly first_timestamp: string | null;
  readonly last_timestamp: string | null;
  /** Whether records from before the first that is left are missing: shards of which no later record speaks are too. */
  readonly begins_later: boolean;
  /** Verifications and failures are those up to the time; the end is told even if it came later. */
  readonly shards: readonly ResidentShard[];
  /** Seals that were not followed, because more than 65,536 shards were sealed at once. */
  readonly untracked: number;
}

/**
 * Which models were resident at a time: what was recorded up to that time and at it, and how it ended. Streams; memory
 * grows with the shards that are resident at once. Nothing is verified: run `verifyLog` as well, and say what it came to.
 *
 * @param time UTC, such as `2026-01-02T03:04:05Z`; what is left out is filled up from the earliest there is
 * @throws TypeError if `time` is none; whatever the source throws; the signal's reason
 */
export async function residencyAt(
  source: LogSource,
  time: string | Date,
  { lastSeq = Number.POSITIVE_INFINITY, ...options }: ResidencyOptions = {},
): Promise<ResidencyAnswer> {
  const at = utcTimestamp(time, 'the time');
  const then: { readonly tracked: TrackedShard; readonly stated: ShardResidency }[] = [];
  let isPast = false;
  const remember = (tracked: TrackedShard): number => then.push({ tracked, stated: { ...tracked } });
  // Of what was sealed before the first record that is left only later records tell.
  const tracker = new ResidencyTracker((shard) => isPast && shard.sealed === null && remember(shard));
  let firstTimestamp: string | null = null;
  let lastTimestamp: string | null = null;
  let firstSeq = 0;
  for await (const { record } of query(source, options)) {
    if (record.seq > (lastSeq ?? -1)) continue; // not the end: a wrong seq may stand in the middle of a log
    if (!isPast && record.timestamp > at) {
      isPast = true;
      tracker.resident.forEach(remember);
    }
    if (firstTimestamp === null) firstSeq = record.seq;
    firstTimestamp ??= record.timestamp;
    lastTimestamp = record.timestamp;
    tracker.take(record);
  }
  if (!isPast) tracker.resident.forEach(remember);
  const isWithin = at >= (firstTimestamp ?? at);
  return {
    at,
    first_timestamp: firstTimestamp,
    last_timestamp: lastTimestamp,
    begins_later: firstSeq > 0,
    shards: then.map(({ tracked: { ended }, stated }) => ({
      ...stated,
      ended,
      certain: isWithin && at <= (ended?.last_known_at ?? lastTimestamp ?? ''),
    })),
    untracked: tracker.untracked,
  };
}
