import type { RecordFilter } from '../query/record-filter.js';
import type { Severity } from '../record/record.js';

export const FILTER_USAGE = '[--type T] [--severity S] [--since T] [--until T] [--shard ID]';

export const FILTER_HELP = `  --type T       only records of this event type; may be given several times
  --severity S   only INFO, WARNING or CRITICAL; may be given several times
  --since T      from this time on: UTC, such as 2026-01-02 or 2026-01-02T03:04:05Z
  --until T      before this time
  --shard ID     only records whose shard_id is ID
`;

/** Options that choose records, for `parseCommandLine`. */
export const FILTER_OPTIONS = {
  type: { type: 'string', multiple: true },
  severity: { type: 'string', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
  shard: { type: 'string' },
} as const;

/** The values of {@link FILTER_OPTIONS} as they were given. */
interface FilterValues {
  readonly type?: readonly string[] | undefined;
  readonly severity?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly shard?: string | undefined;
}

/** The filter that was asked for; times and severities are checked where it is used. */
export function givenFilter({ type, severity, since, until, shard }: FilterValues): RecordFilter {
  return {
    ...(type === undefined ? {} : { type }),
    ...(severity === undefined ? {} : { severity: severity as Severity[] }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(shard === undefined ? {} : { shardId: shard }),
  };
}
