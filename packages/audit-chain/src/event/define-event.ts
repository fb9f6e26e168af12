import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonValue } from '../json/profile.js';
import type { Severity } from '../record/record.js';
import { type AuditEvent, assertEvent, assertEventType } from './audit-event.js';

/** An event type with its schema: call it with the members to make an {@link AuditEvent}. */
export interface EventDefinition<Schema extends StandardSchemaV1> {
  /** @throws TypeError if the members do not fit the schema or the log's JSON profile */
  (members: StandardSchemaV1.InferInput<Schema>, options?: { readonly severity?: Severity }): AuditEvent;
  readonly type: string;
  readonly schema: Schema;
  /** Severity of the event unless a call says otherwise. */
  readonly severity: Severity;
}

/**
 * Declares an event type. The schema is any Standard Schema (zod, valibot, arktype, …) whose validation is
 * synchronous and whose output is a plain object of JSON values.
 *
 * @throws TypeError if `type` is not a name or belongs to the log itself
 */
export function defineEvent<Schema extends StandardSchemaV1>(
  type: string,
  schema: Schema,
  options: { readonly severity?: Severity } = {},
): EventDefinition<Schema> {
  assertEventType(type);
  const defaultSeverity = options.severity ?? 'INFO';
  const make = (
    members: StandardSchemaV1.InferInput<Schema>,
    { severity = defaultSeverity }: { readonly severity?: Severity } = {},
  ): AuditEvent => {
    const event = { type, severity, members: validate(type, schema, members) };
    assertEvent(event);
    return event;
  };
  return Object.assign(make, { type, schema, severity: defaultSeverity });
}

function validate(type: string, schema: StandardSchemaV1, members: unknown): Record<string, JsonValue> {
  const result = schema['~standard'].validate(members);
  if (result instanceof Promise) {
    throw new TypeError(`Expected the schema of ${type} to validate synchronously`);
  }
  const [issue] = result.issues ?? [];
  if (issue !== undefined) {
    const path = ['members', ...(issue.path ?? []).map(pathSegment)].join('.');
    throw new TypeError(`Invalid event ${type}: ${path}: ${issue.message}`);
  }
  return (result as StandardSchemaV1.SuccessResult<unknown>).value as Record<string, JsonValue>;
}

function pathSegment(segment: PropertyKey | StandardSchemaV1.PathSegment): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
