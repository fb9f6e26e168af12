import { type LogRecord, SEVERITIES, type Severity } from '../record/record.js';
import { utcTimestamp } from './utc-time.js';

/** Which records are wanted; what is left out does not matter. */
export interface RecordFilter {
  /** Event type, or several of which one must fit. */
  readonly type?: string | readonly string[];
  readonly severity?: Severity | readonly Severity[];
  /** From this time on: RFC 3339 in UTC, as much of it as need be (`2026-01-02`, `2026-01-02T03:04Z`), or a `Date`. */
  readonly since?: string | Date;
  /** Before this time. */
  readonly until?: string | Date;
  /** Value of the member `shard_id`. */
  readonly shardId?: string;
}

/**
 * Makes a test of records from a filter.
 *
 * @throws TypeError if a severity or a time is none
 */
export function recordFilter(filter: RecordFilter): (record: LogRecord) => boolean {
  const types = setOf(filter.type);
  const severities = setOf(filter.severity);
  for (const severity of severities ?? []) {
    if (!SEVERITIES.includes(severity)) {
      throw new TypeError(`Expected a severity to be one of ${SEVERITIES.join(', ')}`);
    }
  }
  const since = filter.since === undefined ? undefined : utcTimestamp(filter.since, 'since');
  const until = filter.until === undefined ? undefined : utcTimestamp(filter.until, 'until');
  const { shardId } = filter;
  return (record) =>
    (types === undefined || types.has(record.eventType)) &&
    (severities === undefined || severities.has(record.severity)) &&
    (since === undefined || record.timestamp >= since) &&
    (until === undefined || record.timestamp < until) &&
    (shardId === undefined || record.members['shard_id'] === shardId);
}

function setOf<Value extends string>(
  values: Value | readonly Value[] | undefined,
): ReadonlySet<Value> | undefined {
  if (values === undefined) return undefined;
  return new Set(typeof values === 'string' ? [values] : values);
}
