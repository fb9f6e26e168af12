import type { JsonValue } from '../json/profile.js';
import type { LogRecord } from '../record/record.js';
import { visible } from '../visible.js';

/** Longest value of a member that is shown; a digest in hex fits. */
const MAX_VALUE_CHARACTERS = 72;

/** A record for people, on one line in columns; long values are cut, and nothing in it can move the cursor. */
export function recordLine({ seq, timestamp, severity, eventType, members }: LogRecord): string {
  const shown = Object.entries(members).map(([name, value]) => `${name}=${shownValue(value)}`);
  const columns = [String(seq).padStart(7), timestamp, severity.padEnd(8), eventType.padEnd(24), ...shown];
  return columns.join(' ').trimEnd();
}

/** Words stand as they are, other text in quotes: what a value holds never looks like a further member. */
function shownValue(value: JsonValue): string {
  const isWord = typeof value === 'string' && /^[A-Za-z0-9._:/+@-]+$/.test(value);
  const text = isWord ? value : visible(JSON.stringify(value));
  const characters = [...text];
  if (characters.length <= MAX_VALUE_CHARACTERS) return text;
  return `${characters.slice(0, MAX_VALUE_CHARACTERS).join('')}…`;
}
