const ENVELOPE: ReadonlySet<string> = new Set([
  'seq',
  'timestamp',
  'event_type',
  'severity',
  'worker_id',
  'epoch',
  'prev',
  'mac',
]);
const MAX_CHARACTERS = 300;

/** What a record's event says, on one line; the beginning of a line that is no record. */
export function memberSummary(line: Uint8Array): string {
  const text = new TextDecoder().decode(line);
  try {
    const members = Object.entries(JSON.parse(text) as object).filter(([name]) => !ENVELOPE.has(name));
    const shown = members.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join('  ');
    return shown.slice(0, MAX_CHARACTERS);
  } catch {
    return text.slice(0, MAX_CHARACTERS);
  }
}
