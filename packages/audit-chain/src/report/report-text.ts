import { visible } from '../visible.js';
import type { Report } from './report.js';
import { reportSections } from './report-sections.js';

/** A report as text for people; nothing from the log can move the cursor. */
export function reportText(report: Report): string {
  const sections = reportSections(report).map(({ title, lines }) => [
    title.toUpperCase(),
    ...lines.map(item),
  ]);
  const clauses = report.clauses.map(({ norm, clause, asks, evidences, does_not: doesNot }) => [
    `${norm}, ${clause}`,
    `  Asks: ${asks}`,
    ...evidences.map((text) => `  This log evidences: ${visible(text)}`),
    ...doesNot.map((text) => `  It does not evidence: ${visible(text)}`),
  ]);
  const parts = [[`Report on an audit log, made ${report.made_at}`], ...sections, ['CLAUSES'], ...clauses];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function item(text: string): string {
  return `  ${visible(text)}`;
}
