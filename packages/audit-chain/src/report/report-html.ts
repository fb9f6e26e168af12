import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64, utf8 } from '../bytes.js';
import { escapeHtml } from './escape-html.js';
import type { Report } from './report.js';
import { reportPictures } from './report-pictures.js';
import { reportSections } from './report-sections.js';

const STYLE = `
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
svg{width:100%;height:auto;font:11px system-ui,sans-serif}
text{fill:currentColor}
figure{margin:1rem 0}
figcaption{font-weight:600}
.verdict{border-left:.4rem solid #b7791f;padding-left:1rem}
.verdict.verified{border-color:#2f7d4f}
.verdict.tampered,.verdict.rolled_back{border-color:#c0392b}
.info,.shard{fill:#5b8db8}.warning{fill:#d69e2e}.critical{fill:#c0392b}.unclean{fill:#a0a0a0}.verification{fill:#2f7d4f}
.used{fill:none;stroke:#5b8db8;stroke-width:2}
@media print{body{max-width:none}}
`;

/** A report as one self-contained page: no script, and nothing that it would load. */
export function reportHtml(report: Report): string {
  const styleHash = toBase64(sha256(utf8(STYLE)));
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const [verdict, ...sections] = reportSections(report);
  const clauses = report.clauses.map(({ norm, clause, asks, evidences, does_not: doesNot }) =>
    [
      `<h3>${escapeHtml(`${norm}, ${clause}`)}</h3>`,
      `<p>Asks: ${escapeHtml(asks)}</p>`,
      `<p>This log evidences:</p>${list(evidences)}`,
      `<p>It does not evidence:</p>${list(doesNot)}`,
    ].join('\n'),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Report on an audit log</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Report on an audit log</h1>
<p>Made ${escapeHtml(report.made_at)}.</p>
<div class="verdict ${report.verification.status}"><h2>Verdict</h2>${list(verdict?.lines ?? [])}</div>
${reportPictures(report)}
${sections.map(({ title, lines }) => `<h2>${title}</h2>${list(lines)}`).join('\n')}
<h2>Clauses</h2>
${clauses.join('\n')}
</body>
</html>
`;
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}
