import { fromUtf8 } from '../bytes.js';
import { AuditError } from '../errors.js';
import { isOrigin, isWorkerId, LOG_FORMAT } from '../identity.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { parseCheckpoint } from '../note/checkpoint.js';
import { decodeRecord } from '../record/decode.js';
import type { LogRecord } from '../record/record.js';
import { LineReader } from '../source/line-reader.js';
import type { LogSource } from '../source/log-source.js';

/** Whose log it is, as far as it is known; what records are compared with. */
export interface KnownIdentity {
  readonly origin?: string;
  readonly workerId?: string;
  /** The log's own key: that of log.json, else of the first `log_opened`. */
  readonly ownKey?: VerifierKey;
}

/**
 * Reads the identity of a log: log.json, else what its records say of themselves.
 *
 * @param givenKey names the origin where log.json does not
 * @param onMalformed told if log.json is there but cannot be used; the log then is read as if it had none
 * @throws {@link AuditError} `UNKNOWN_FORMAT`
 */
export async function readIdentity(
  source: LogSource,
  givenKey: VerifierKey | undefined,
  onMalformed: () => void,
  signal?: AbortSignal,
): Promise<KnownIdentity> {
  const bytes = await source.identity();
  const identity = bytes === undefined ? undefined : parseIdentity(bytes);
  if (identity !== undefined) return identity;
  if (bytes !== undefined) onMalformed();
  return identityOfRecords(source, givenKey, signal);
}

function parseIdentity(bytes: Uint8Array): KnownIdentity | undefined {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes) ?? '');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, origin, worker_id: workerId, vkey } = value as Record<string, unknown>;
  if (format !== LOG_FORMAT) {
    throw new AuditError('UNKNOWN_FORMAT', `log.json has another format than ${LOG_FORMAT}`);
  }
  const ownKey = keyOf(origin, vkey);
  if (ownKey === undefined || typeof workerId !== 'string' || !isWorkerId(workerId)) return undefined;
  return { origin: ownKey.origin, workerId, ownKey };
}

/** The `worker_id` of the first record, origin and key of the first `log_opened`, or the origin of a note before it. */
async function identityOfRecords(
  source: LogSource,
  givenKey: VerifierKey | undefined,
  signal: AbortSignal | undefined,
): Promise<KnownIdentity> {
  let workerId: string | undefined;
  let origin = givenKey?.origin;
  let ownKey: VerifierKey | undefined;
  for await (const record of wellFormedRecords(source, signal)) {
    workerId ??= record.workerId;
    if (record.eventType === 'log_opened') {
      ownKey = keyOf(record.members['origin'], record.members['vkey']);
    }
    origin ??= ownKey?.origin ?? originOfNote(record);
    if (origin !== undefined && (ownKey ?? givenKey) !== undefined) break;
  }
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(workerId === undefined ? {} : { workerId }),
    ...(ownKey === undefined ? {} : { ownKey }),
  };
}

async function* wellFormedRecords(
  source: LogSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogRecord> {
  for (const segment of await source.segments()) {
    const reader = new LineReader();
    for await (const chunk of segment.read()) {
      signal?.throwIfAborted();
      for (const { bytes } of reader.push(chunk)) {
        const record = bytes && decodeRecord(bytes).record;
        if (record !== undefined) yield record;
      }
    }
  }
}

function originOfNote({ eventType, members }: LogRecord): string | undefined {
  const { note } = members;
  if (eventType !== 'checkpoint' || typeof note !== 'string') return undefined;
  try {
    return parseCheckpoint(note).origin;
  } catch {
    return undefined; // told when the record is verified
  }
}

/** The key `vkey` if it is one, and one of the log `origin`. */
function keyOf(origin: unknown, vkey: unknown): VerifierKey | undefined {
  if (typeof origin !== 'string' || !isOrigin(origin) || typeof vkey !== 'string') return undefined;
  try {
    const key = parseVerifierKey(vkey);
    return key.origin === origin ? key : undefined;
  } catch {
    return undefined;
  }
}
