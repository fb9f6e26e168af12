import { wrongType, wrongValue } from '../arguments.js';
import type { ContextMembers } from '../events/context.js';
import { fitsTextBound, IDENTIFIER_PATTERN } from '../events/fields.js';

/** What an operation is done for; it stands in every record that the operation leaves. */
export interface RecordContext {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly jobId?: string | undefined;
  /** The person or service that asked. */
  readonly actor?: string | undefined;
}

const UNPAIRED_SURROGATE = /\p{Surrogate}/u;
const MEMBERS = [
  ['traceId', 'trace_id'],
  ['spanId', 'span_id'],
  ['jobId', 'job_id'],
  ['actor', 'actor'],
] as const;

/**
 * The members that an operation's context puts in its records.
 *
 * @throws TypeError, RangeError if one is not 1 to 1024 bytes of text without control characters
 */
export function contextMembers(context: RecordContext): ContextMembers {
  const members: Record<string, string> = {};
  for (const [argument, member] of MEMBERS) {
    const value: unknown = context[argument];
    if (value === undefined) continue;
    if (typeof value !== 'string') throw wrongType(argument, 'a string', value);
    if (!IDENTIFIER_PATTERN.test(value) || !fitsTextBound(value) || UNPAIRED_SURROGATE.test(value)) {
      throw wrongValue(argument, '1 to 1024 bytes of text without control characters');
    }
    members[member] = value;
  }
  return members;
}
