import { readFileSync } from 'node:fs';

/** The rows of the first table under a heading of the second level, their cells without padding; not its header. */
export function readmeTable(readme: URL, heading: string): string[][] {
  const [, section = ''] = readFileSync(readme, 'utf8').split(`\n## ${heading}\n`);
  const [table = ''] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [];
  const rows = table.split('\n').map((row) => row.split('|').slice(1, -1));
  return rows.slice(2).map((row) => row.map((cell) => cell.trim()));
}
