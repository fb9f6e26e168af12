import { isName, type JsonValue, profileViolation } from '../json/profile.js';
import { ENVELOPE_NAMES, SEVERITIES, type Severity } from '../record/record.js';

/** Something that happened, ready to be recorded. Made by calling an event definition. */
export interface AuditEvent {
  /** The record's `event_type`. */
  readonly type: string;
  readonly severity: Severity;
  /** The record's own members, in the order in which they will stand in the line. */
  readonly members: Readonly<Record<string, JsonValue>>;
}

/** What {@link AuditSink.emit} gives back at once. */
export interface Receipt {
  /**
   * Resolves when the record is on disk, with its sequence number and its leaf hash (32 bytes). Rejects with
   * `AuditError` if it will never be. Ignoring it is allowed: no unhandled rejection comes of it.
   */
  readonly durable: Promise<{ readonly seq: number; readonly leaf: Uint8Array }>;
}

/** What becomes of a record that is anchored. */
export interface Anchored {
  /** Tree size of the checkpoint that covers the record. */
  readonly treeSize: number;
  /** Names of the anchors that hold it, or a newer one, by then. */
  readonly anchors: readonly string[];
}

/** What `AuditLog.emit` gives back at once. */
export interface AnchoredReceipt extends Receipt {
  /**
   * Resolves once a checkpoint that covers the record is held by every anchor that is required, or where none is, by one
   * of the others. Rejects as {@link durable} does; with the anchor's error, at once, while it has failed three times in
   * a row or contradicts the log; with `NOT_ANCHORED` where the log has no anchor or was
   * closed before. Ignoring it is allowed.
   */
  readonly anchored: Promise<Anchored>;
}

/** Where events go. `AuditLog` is one; tests and other stores may bring their own. */
export interface AuditSink {
  /** @throws TypeError if the event is invalid; otherwise neither blocks nor throws */
  emit(event: AuditEvent): Receipt;
}

/** Event types that only the log itself writes. */
const LOG_EVENT_TYPES: readonly string[] = [
  'log_opened',
  'segment_opened',
  'checkpoint',
  'events_dropped',
  'segments_pruned',
  'segment_archived',
  'clock_jumped',
  'log_closed',
];

/**
 * Checks an event against the format: name, severity, JSON profile.
 *
 * @throws TypeError that names the path of what is wrong, never its value
 */
export function assertEvent(event: AuditEvent): void {
  assertEventType(event.type);
  if (!SEVERITIES.includes(event.severity)) {
    throw new TypeError(`Expected severity of ${event.type} to be one of ${SEVERITIES.join(', ')}`);
  }
  const { members } = event;
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    throw new TypeError(`Expected members of ${event.type} to be an object`);
  }
  const violation = profileViolation(members, 'members', 1);
  if (violation !== undefined) throw new TypeError(`Invalid event ${event.type}: ${violation}`);
  for (const name of Object.keys(members)) {
    if (ENVELOPE_NAMES.has(name)) {
      throw new TypeError(`Invalid event ${event.type}: the name ${name} belongs to the record's envelope`);
    }
  }
}

/** @throws TypeError unless `type` may name an event of a user */
export function assertEventType(type: string): void {
  if (typeof type !== 'string' || !isName(type)) {
    throw new TypeError('Expected an event type that matches [a-z][a-z0-9_]{0,63}');
  }
  if (LOG_EVENT_TYPES.includes(type)) {
    throw new TypeError(`Expected an event type of your own but received ${type}, which only the log writes`);
  }
}
