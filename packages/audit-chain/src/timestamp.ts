const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}Z$/;

/** Whether `text` is a real UTC time in the form `2026-01-02T03:04:05.000006Z` (RFC 3339; no leap seconds). */
export function isTimestamp(text: string): boolean {
  const match = PATTERN.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  );
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Formats microseconds since 1970-01-01T00:00:00Z.
 *
 * @throws RangeError outside the years 0 to 9999
 */
export function formatTimestamp(epochMicros: number): string {
  const millis = Math.floor(epochMicros / 1000);
  const text = new Date(millis).toISOString();
  if (text.length !== 24) throw new RangeError('Expected a time within the years 0 to 9999');
  const micros = String(Math.floor(epochMicros) - millis * 1000).padStart(3, '0');
  return `${text.slice(0, 23)}${micros}Z`;
}
