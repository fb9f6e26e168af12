/** A JSON value; inside records numbers are integers of at most 2^53 − 1 in magnitude. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Nesting of arrays and objects, the record itself being the first level. */
const MAX_DEPTH = 4;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const UNPAIRED_SURROGATE = /\p{Surrogate}/u;

/** Whether `text` may name a member or an event type. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Finds what is wrong with a value under the JSON profile of the format page, section 2.
 *
 * @param path where the value stands, for the answer, such as `members.shard_id`
 * @param depth nesting level at which the value stands
 * @returns one sentence that names the path, or `undefined` if nothing is wrong
 */
export function profileViolation(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return UNPAIRED_SURROGATE.test(value) ? `${path} has an unpaired surrogate` : undefined;
    case 'boolean':
      return undefined;
    case 'number':
      if (!Number.isSafeInteger(value)) return `${path} is not an integer of at most 2^53 − 1`;
      return Object.is(value, -0) ? `${path} is -0` : undefined;
    case 'object':
      return value === null ? undefined : containerViolation(value, path, depth);
    default:
      return `${path} is ${typeof value}, which JSON cannot hold`;
  }
}

function containerViolation(value: object, path: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `${path} is nested deeper than ${MAX_DEPTH} levels`;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const violation = profileViolation(value[i], `${path}[${i}]`, depth + 1);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is not a plain object`;
  // A name comes from outside: it is shown only once it is known to be harmless and short.
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue; // as JSON.stringify does: an absent member
    if (!isName(name)) return `${path} has a member whose name is not [a-z][a-z0-9_]{0,63}`;
    const violation = profileViolation(member, `${path}.${name}`, depth + 1);
    if (violation !== undefined) return violation;
  }
  return undefined;
}
