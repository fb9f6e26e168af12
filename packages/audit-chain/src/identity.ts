import { utf8 } from './bytes.js';

/** The `format` member of log.json. */
export const LOG_FORMAT = 'vram-residency/audit-log/v1';

/** What log.json says: a log's identity, written once. */
export interface LogIdentity {
  readonly origin: string;
  readonly workerId: string;
  /** RFC 3339 time with six fractional digits. */
  readonly createdAt: string;
  /** C2SP signed-note verifier key of the log's checkpoints. */
  readonly vkey: string;
}

export function isWorkerId(text: string): boolean {
  return /^[A-Za-z0-9._:-]{1,128}$/.test(text);
}

/** Visible ASCII without `+`, which separates the parts of a key. */
export function isOrigin(text: string): boolean {
  return /^[\x21-\x2a\x2c-\x7e]{1,255}$/.test(text);
}

/** log.json as it is written, one line. */
export function encodeIdentity(identity: LogIdentity): Uint8Array {
  const { origin, workerId, createdAt, vkey } = identity;
  return utf8(
    `${JSON.stringify({ format: LOG_FORMAT, origin, worker_id: workerId, created_at: createdAt, vkey })}\n`,
  );
}
