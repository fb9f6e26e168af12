import {
  type LogRecord,
  query,
  type VerificationResult,
  type VerifyOptions,
  verifyLog,
} from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';

/** Records that a log writes about itself. */
const LOG_EVENTS: ReadonlySet<string> = new Set([
  'log_opened',
  'segment_opened',
  'checkpoint',
  'events_dropped',
  'log_closed',
]);

/** What is on disk: every record but those that the log writes about itself. */
export async function recordsOnDisk(logDir: string): Promise<LogRecord[]> {
  return (await allRecordsOnDisk(logDir)).filter(({ eventType }) => !LOG_EVENTS.has(eventType));
}

/** Every record on disk. */
export async function allRecordsOnDisk(logDir: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const { record } of query(await openLog(logDir))) records.push(record);
  return records;
}

/** Verifies a log as someone does who has its files and a key, and nothing of the worker. */
export async function audit(logDir: string, key: VerifyOptions): Promise<VerificationResult> {
  return verifyLog(await openLog(logDir), key);
}
