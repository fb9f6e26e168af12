import { writeFile } from 'node:fs/promises';
import { AuditError } from '../errors.js';
import { errorCode } from '../node/error-code.js';
import { openLog } from '../node/open-log.js';
import { makeReport } from '../report/make-report.js';
import { reportHtml } from '../report/report-html.js';
import { reportText } from '../report/report-text.js';
import { verifyLog } from '../verify/verify-log.js';
import type { Command } from './command.js';
import {
  givenVerification,
  VERIFICATION_HELP,
  VERIFICATION_OPTIONS,
  VERIFICATION_USAGE,
} from './given-verification.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const reportCommand: Command = {
  usage: `report LOG ${VERIFICATION_USAGE} [--html FILE] [--json]`,
  help: `Verifies a log and prints a report on it: verdict, range, counts, gaps, keys, anchors, retention, incidents, models, and
beside clauses of norms what the log evidences and what it does not.

${VERIFICATION_HELP}  --html FILE         writes it as one page with pictures as well, which loads nothing; FILE must not exist
  --json              one JSON document in place of the text

The exit code is that of the verification: 0 verified; 10 tampered or forked; 12 rolled back; 11 not everything could be
checked, as without a key.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: { ...VERIFICATION_OPTIONS, html: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const source = await openLog(onlyPositional(positionals, 'a log'));
  const verification = await verifyLog(source, await givenVerification(values, io));
  const report = await makeReport(source, verification, { givenAnchors: values.anchor?.length ?? 0 });
  if (values.html !== undefined) await writeNew(values.html, reportHtml(report));
  io.out(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return verification.exitCode;
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST')
      throw new UsageError('Expected --html to name a file that does not exist');
    throw new AuditError('INVALID_SOURCE', 'The file of --html cannot be written', { cause });
  }
}
