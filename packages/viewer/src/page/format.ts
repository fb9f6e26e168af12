const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), BINARY_UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1)} ${BINARY_UNITS[power]}`;
}

/** `2026-01-02 03:04:05.000` in UTC, from milliseconds since 1970. */
export function timeText(time: number): string {
  return Number.isNaN(time) ? '' : new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}

/** `12,345 records`. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

/** Milliseconds since 1970 from what someone typed as a UTC time; `undefined` if it is none. */
export function parseTime(text: string): number | undefined {
  const given = text.trim().replace(' ', 'T').replace(/Z$/, '');
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/.test(given)) return undefined;
  const time = Date.parse(`${given.length === 10 ? `${given}T00:00` : given}Z`);
  return Number.isNaN(time) ? undefined : time;
}
