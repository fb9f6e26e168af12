/** Describes a value by its kind, never by its content: it may be a secret. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** A caller's mistake of type: names the argument, what was expected, and the kind of what came. */
export function wrongType(argument: string, expected: string, received: unknown): TypeError {
  const error = new TypeError(`Expected ${argument} to be ${expected} but received ${kindOf(received)}`);
  return Object.assign(error, { code: 'INVALID_ARGUMENT', argument });
}

/** A caller's mistake of value: names the argument and what was expected; the value itself is not shown. */
export function wrongValue(
  argument: string,
  expected: string,
  options?: { readonly cause?: unknown },
): RangeError {
  const error = new RangeError(`Expected ${argument} to be ${expected}`, options);
  return Object.assign(error, { code: 'INVALID_ARGUMENT', argument });
}

/** @throws TypeError, RangeError unless `value` is an integer from `min` to `max` */
export function assertInteger(
  argument: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number') throw wrongType(argument, 'a number', value);
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw wrongValue(
      argument,
      max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`,
    );
  }
}

/** @throws TypeError, RangeError unless `value` is a string that matches `pattern` */
export function assertText(
  argument: string,
  value: unknown,
  pattern: RegExp,
  expected: string,
): asserts value is string {
  if (typeof value !== 'string') throw wrongType(argument, 'a string', value);
  if (!pattern.test(value)) throw wrongValue(argument, expected);
}

/** @throws TypeError unless `value` is a function or absent */
export function assertOptionalFunction(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw wrongType(argument, 'a function', value);
}

/** @throws TypeError unless `value` is an object or absent */
export function assertOptions(argument: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null) throw wrongType(argument, 'an object', value);
}

/** @throws TypeError unless `value` is an AbortSignal or absent */
export function assertOptionalSignal(value: unknown): void {
  if (value !== undefined && !(value instanceof AbortSignal)) {
    throw wrongType('signal', 'an AbortSignal', value);
  }
}
