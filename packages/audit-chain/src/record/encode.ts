import { concatBytes, utf8 } from '../bytes.js';
import type { MacKey } from '../hash/hash-provider.js';
import type { JsonValue } from '../json/profile.js';
import { MAC_SUFFIX_BYTES, type Severity } from './record.js';

const LF = 0x0a;

/** The parts of a record's body; `membersJson` is `""` or `,"name":value…` as {@link encodeMembers} writes it. */
export interface RecordBody {
  readonly seq: number;
  readonly timestamp: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly workerId: string;
  readonly membersJson: string;
  readonly epoch: number;
  /** Leaf hash of the line before, lower-case hex. */
  readonly prev: string;
}

/** The event's own members as they stand in a line: `,"name":value` for each. */
export function encodeMembers(members: Readonly<Record<string, JsonValue>>): string {
  const json = JSON.stringify(members);
  return json.length === 2 ? '' : `,${json.slice(1, -1)}`;
}

/** A complete line with its MAC and its LF. */
export function encodeRecord(body: RecordBody, key: MacKey): Uint8Array {
  const head = utf8(encodeBody(body));
  return concatBytes(head, utf8(encodeMac(key.macHex(head))));
}

/** The text that a line's MAC is computed over. */
export function encodeBody(body: RecordBody): string {
  return (
    `{"seq":${body.seq},"timestamp":"${body.timestamp}","event_type":"${body.eventType}"` +
    `,"severity":"${body.severity}","worker_id":"${body.workerId}"${body.membersJson}` +
    `,"epoch":${body.epoch},"prev":"${body.prev}"`
  );
}

/** What follows the body: the MAC and the LF; ASCII. */
export function encodeMac(mac: string): string {
  return `,"mac":"${mac}"}\n`;
}

/** The body of a line without its LF: what its MAC is computed over. */
export function recordBody(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.length - MAC_SUFFIX_BYTES);
}

/** The line without its LF: what its leaf hash is computed over. */
export function withoutLf(line: Uint8Array): Uint8Array {
  return line.at(-1) === LF ? line.subarray(0, -1) : line;
}
