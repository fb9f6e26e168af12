import { isTimestamp } from '../timestamp.js';

const FIRST_MOMENT = '0000-01-01T00:00:00.000000';

/**
 * The timestamp, in the form of a record's, of a time that a person gave: RFC 3339 in UTC, as much of it as need be
 * (`2026-01-02`, `2026-01-02T03:04Z`), or a `Date`. Timestamps of one form compare as text.
 *
 * @param name what the message calls it
 * @throws TypeError if it is no time
 */
export function utcTimestamp(time: string | Date, name: string): string {
  const text = typeof time === 'string' ? time : toIso(time, name);
  // A time need not be given to the last digit: what is left out is filled up from the earliest there is.
  const given = text.replace(/Z$/, '');
  const filled = `${given}${FIRST_MOMENT.slice(given.length)}Z`;
  const isWhole = [4, 7, 10, 16, 19].includes(given.length) || /\.\d{1,6}$/.test(given);
  if (!isWhole || !isTimestamp(filled)) {
    throw new TypeError(`Expected ${name} to be a UTC time such as 2026-01-02T03:04:05Z`);
  }
  return filled;
}

function toIso(time: Date, name: string): string {
  if (Number.isNaN(time.getTime())) throw new TypeError(`Expected ${name} to be a valid Date`);
  return time.toISOString();
}
