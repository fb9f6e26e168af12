import { escapeHtml } from './escape-html.js';
import type { Report } from './report.js';

const WIDTH = 900;
const LEFT = 170;
const MAX_BARS = 40;

/** The pictures of a report, as inline SVG: records by severity, memory by device, shards from seal to end. */
export function reportPictures(report: Report): string {
  return [severities(report), memory(report), shards(report)].join('\n');
}

function severities({ timeline: { severities: parts } }: Report): string {
  const totals = parts.INFO.map((info, i) => info + (parts.WARNING[i] ?? 0) + (parts.CRITICAL[i] ?? 0));
  const most = Math.max(1, ...totals);
  const step = (WIDTH - LEFT) / totals.length;
  const bars = totals.flatMap((_, i) => {
    let y = 100;
    return (['INFO', 'WARNING', 'CRITICAL'] as const).map((severity) => {
      const count = parts[severity][i] ?? 0;
      // What is there is seen, however much else there is.
      const height = count === 0 ? 0 : Math.max(2, (count / most) * 80);
      y -= height;
      return count === 0
        ? ''
        : rect(LEFT + i * step, y, step, height, severity.toLowerCase(), `${count} ${severity}`);
    });
  });
  return picture('Records over time, by severity', 110, [label(15, 'INFO, WARNING, CRITICAL'), ...bars]);
}

function memory({ timeline: { used_bytes: used } }: Report): string {
  const devices = Object.entries(used);
  if (devices.length === 0) return '';
  const rows = devices.map(([device, parts], row) => {
    const bottom = (row + 1) * 70;
    const most = Math.max(1, ...parts.map((bytes) => bytes ?? 0));
    const step = (WIDTH - LEFT) / parts.length;
    let y = bottom;
    // Between two records the worker holds what the earlier one says.
    const path = parts.map((bytes, i) => {
      if (bytes !== null) y = bottom - (bytes / most) * 50;
      return `V${round(y)}H${round(LEFT + (i + 1) * step)}`;
    });
    return `${label(bottom - 20, `device ${device}, up to ${most} bytes`)}<path class="used" d="M${LEFT} ${bottom}${path.join('')}"/>`;
  });
  return picture('Device memory that the worker held', devices.length * 70 + 10, rows);
}

function shards({ shards: { listed }, range }: Report): string {
  const { first_timestamp: first, last_timestamp: last } = range;
  if (listed.length === 0 || first === null || last === null) return '';
  const start = Date.parse(first);
  const span = Math.max(1, Date.parse(last) - start);
  const x = (at: string): number => LEFT + ((Date.parse(at) - start) / span) * (WIDTH - LEFT);
  const shown = listed.slice(0, MAX_BARS);
  const rows = shown.map(
    ({ shard_id: id, sealed, ended, last_verified: verified, last_failure: failure }, row) => {
      const y = row * 20 + 6;
      const [from, to] = [x(sealed?.at ?? first), x(ended?.at ?? last)];
      const style = ended?.reason === 'ended_unclean' ? 'unclean' : 'shard';
      const marks = [
        verified === null
          ? ''
          : rect(x(verified.at) - 1, y, 3, 12, 'verification', `last verified ${verified.at}`),
        failure === null ? '' : rect(x(failure.at) - 1, y - 2, 3, 16, 'critical', `failed ${failure.at}`),
      ];
      const name = id.length > 24 ? `${id.slice(0, 23)}…` : id;
      return label(y + 10, name) + rect(from, y, Math.max(2, to - from), 12, style, id) + marks.join('');
    },
  );
  const title = listed.length > MAX_BARS ? `The first ${MAX_BARS} shards` : 'Shards';
  return picture(`${title}, from seal to end`, shown.length * 20 + 10, rows);
}

function picture(title: string, height: number, content: readonly string[]): string {
  const name = escapeHtml(title);
  return `<figure><figcaption>${name}</figcaption><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}">${content.join('')}</svg></figure>`;
}

function label(y: number, text: string): string {
  return `<text x="0" y="${round(y)}">${escapeHtml(text)}</text>`;
}

function rect(x: number, y: number, width: number, height: number, style: string, title: string): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect class="${style}" ${place}><title>${escapeHtml(title)}</title></rect>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
