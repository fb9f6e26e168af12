export type { ClauseReport } from './clauses.js';
export { makeReport, type ReportOptions } from './make-report.js';
export type { Incident, PrunedRange, Report, Timeline } from './report.js';
export { reportHtml } from './report-html.js';
export { reportText } from './report-text.js';
export {
  type ResidencyAnswer,
  type ResidencyOptions,
  type ResidentShard,
  residencyAt,
} from './residency-at.js';
export type {
  EndStated,
  FailureStated,
  SealStated,
  ShardResidency,
  Stated,
  VerificationStated,
} from './shard-residency.js';
