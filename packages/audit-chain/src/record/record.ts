import type { JsonValue } from '../json/profile.js';

export const SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Longest line, in bytes, without its LF. */
export const MAX_LINE_BYTES = 65_535;
/** Length in bytes of `,"mac":"<64 hex>"}`: the body of a line is everything before it. */
export const MAC_SUFFIX_BYTES = 74;
/** Longest envelope, LF included, with every member at its longest and the worker id aside. */
export const ENVELOPE_BYTES = 420;
/** `prev` of the record with `seq` 0. */
export const ZERO_HASH: string = '0'.repeat(64);

/** A record as it was read: the envelope in TypeScript's spelling, the event's own members as they are. */
export interface LogRecord {
  /** Counts every record of the log from 0. */
  readonly seq: number;
  /** RFC 3339, six fractional digits, `Z`. */
  readonly timestamp: string;
  readonly eventType: string;
  readonly severity: Severity;
  readonly workerId: string;
  /** The event's own members, in the order of the line. */
  readonly members: Readonly<Record<string, JsonValue>>;
  /** Number of the MAC key. */
  readonly epoch: number;
  /** Leaf hash of the line before, lower-case hex. */
  readonly prev: string;
  /** HMAC-SHA256 of the body, lower-case hex. */
  readonly mac: string;
}

const HEAD = ['seq', 'timestamp', 'event_type', 'severity', 'worker_id'] as const;
const TAIL = ['epoch', 'prev', 'mac'] as const;

/** Members every record has; an event may not use these names. */
export const ENVELOPE_NAMES: ReadonlySet<string> = new Set([...HEAD, ...TAIL]);
/** The envelope's members before and after the event's own. */
export const ENVELOPE_ORDER: { readonly head: readonly string[]; readonly tail: readonly string[] } = {
  head: HEAD,
  tail: TAIL,
};
