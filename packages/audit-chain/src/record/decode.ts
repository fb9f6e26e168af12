import { fromUtf8 } from '../bytes.js';
import { isWorkerId } from '../identity.js';
import { isName, type JsonValue, profileViolation } from '../json/profile.js';
import { isTimestamp } from '../timestamp.js';
import { ENVELOPE_ORDER, type LogRecord, MAX_LINE_BYTES, SEVERITIES, type Severity } from './record.js';

const HASH = /^[0-9a-f]{64}$/;
const OPENING_BRACE = 0x7b;

/** What came of decoding a line: the record, or one sentence on what is wrong with it. */
export type DecodeResult =
  | { readonly record: LogRecord; readonly defect?: undefined }
  | { readonly record?: undefined; readonly defect: string };

/**
 * Decodes a line, without its LF, and checks the shape and the JSON profile of the format page, section 2.
 * Hashes are not checked.
 */
export function decodeRecord(line: Uint8Array): DecodeResult {
  if (line.length > MAX_LINE_BYTES) return { defect: `the line has more than ${MAX_LINE_BYTES} bytes` };
  // Before the parser: its exceptions cost more than everything else, and a hostile log has millions of lines.
  if (line[0] !== OPENING_BRACE) return { defect: 'the line is not a JSON object' };
  const text = fromUtf8(line);
  if (text === undefined) return { defect: 'the line is not UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(text);
    // What JSON.stringify writes is unique: white space, repeated names, other escapes and other spellings
    // of numbers all come out different.
    if (JSON.stringify(value) !== text) return { defect: 'the line is not written as JSON.stringify does' };
  } catch {
    return { defect: 'the line is not JSON' };
  }
  const violation = profileViolation(value, 'record', 1);
  return violation === undefined ? envelope(value as Record<string, JsonValue>) : { defect: violation };
}

function envelope(value: Readonly<Record<string, JsonValue>>): DecodeResult {
  const names = Object.keys(value);
  const { head, tail } = ENVELOPE_ORDER;
  const order = [...names.slice(0, head.length), ...names.slice(head.length).slice(-tail.length)];
  if (order.join() !== [...head, ...tail].join()) {
    return { defect: 'the envelope is incomplete or in another order' };
  }
  const { seq, timestamp, event_type, severity, worker_id, epoch, prev, mac, ...members } = value;
  if (typeof seq !== 'number' || seq < 0) return { defect: 'seq is not a sequence number' };
  if (typeof timestamp !== 'string' || !isTimestamp(timestamp)) {
    return { defect: 'timestamp is not a UTC time with six fractional digits' };
  }
  if (typeof event_type !== 'string' || !isName(event_type)) return { defect: 'event_type is not a name' };
  if (!isSeverity(severity)) return { defect: `severity is not one of ${SEVERITIES.join(', ')}` };
  if (typeof worker_id !== 'string' || !isWorkerId(worker_id)) return { defect: 'worker_id is malformed' };
  if (typeof epoch !== 'number' || epoch < 0) return { defect: 'epoch is not a number of a key' };
  if (epoch > seq) return { defect: 'epoch is larger than seq' };
  if (typeof prev !== 'string' || !isHash(prev)) return { defect: 'prev is not 64 hex digits' };
  if (typeof mac !== 'string' || !isHash(mac)) return { defect: 'mac is not 64 hex digits' };
  return {
    record: {
      seq,
      timestamp,
      eventType: event_type,
      severity,
      workerId: worker_id,
      members,
      epoch,
      prev,
      mac,
    },
  };
}

function isSeverity(value: JsonValue | undefined): value is Severity {
  return (SEVERITIES as readonly unknown[]).includes(value);
}

function isHash(text: string): boolean {
  return HASH.test(text);
}
