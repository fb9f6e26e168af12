import { query } from '../query/query.js';
import type { LogSource } from '../source/log-source.js';
import { toJson, type VerificationResult } from '../verify/verification-result.js';
import { clausesFor } from './clauses.js';
import type { Report } from './report.js';
import { ReportCollector } from './report-collector.js';

export interface ReportOptions {
  /** Checkpoints from elsewhere that the verification compared the log with; default 0. */
  readonly givenAnchors?: number;
  /** Default: now. */
  readonly madeAt?: Date;
  readonly signal?: AbortSignal;
}

/**
 * Gathers what a log says beside what verifying it came to. Streams; memory does not grow with the log.
 *
 * @param verification that of the same log; records after its last one are not looked at
 * @throws whatever the source throws; the signal's reason
 */
export async function makeReport(
  source: LogSource,
  verification: VerificationResult,
  { givenAnchors = 0, madeAt = new Date(), signal }: ReportOptions = {},
): Promise<Report> {
  const { firstTimestamp, lastTimestamp, firstSeq, lastSeq } = verification;
  const collector = new ReportCollector(firstTimestamp, lastTimestamp);
  for await (const { record } of query(source, signal === undefined ? {} : { signal })) {
    if (record.seq <= (lastSeq ?? -1)) collector.take(record);
  }
  const defects: Partial<Record<string, number>> = {};
  for (const { reason } of verification.defects) defects[reason] = (defects[reason] ?? 0) + 1;
  const collected = collector.end();
  const facts = {
    made_at: madeAt.toISOString(),
    verification: toJson(verification),
    range: {
      first_seq: firstSeq,
      last_seq: lastSeq,
      first_timestamp: firstTimestamp,
      last_timestamp: lastTimestamp,
    },
    ...collected,
    gaps: { defects, ...collected.gaps },
    keys: { key_source: verification.keySource, ...collected.keys },
    anchors: { given: givenAnchors, ...collected.anchors },
  };
  return { ...facts, clauses: clausesFor(facts) };
}
