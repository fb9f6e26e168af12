import type { JsonValue } from '../json/profile.js';

type Members = Readonly<Record<string, JsonValue>>;

/** A text member of a record, or `null`: schemas are not applied to what is read, so any member may be anything. */
export function textMember(members: Members, name: string): string | null {
  const value = members[name];
  return typeof value === 'string' ? value : null;
}

/** A member that counts something, or `null`. */
export function countMember(members: Members, name: string): number | null {
  const value = members[name];
  return typeof value === 'number' && value >= 0 ? value : null;
}

/** A member that is true or false, or `null`. */
export function flagMember(members: Members, name: string): boolean | null {
  const value = members[name];
  return typeof value === 'boolean' ? value : null;
}
