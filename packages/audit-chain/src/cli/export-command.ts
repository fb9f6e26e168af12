import { errorCode } from '../node/error-code.js';
import { type ExportRecordsOptions, exportRecords } from '../node/export-records.js';
import { exportTiles } from '../node/export-tiles.js';
import { openLog } from '../node/open-log.js';
import type { LogSource } from '../source/log-source.js';
import { toJson, type VerificationResult } from '../verify/verification-result.js';
import { visible } from '../visible.js';
import type { Command } from './command.js';
import { describeVerification } from './describe-verification.js';
import { FILTER_HELP, FILTER_OPTIONS, FILTER_USAGE, givenFilter } from './given-filter.js';
import {
  givenVerification,
  VERIFICATION_HELP,
  VERIFICATION_OPTIONS,
  VERIFICATION_USAGE,
} from './given-verification.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const exportCommand: Command = {
  usage: `export LOG --format jsonl|tlog-tiles --out PATH ${VERIFICATION_USAGE} ${FILTER_USAGE} [--json]`,
  help: `Verifies a log as \`audit-chain verify\` does, and writes it for other tools.

  --format jsonl        the records' exact lines, one on a line, to the file PATH; what is there is replaced
  --format tlog-tiles   a tiled transparency log (C2SP tlog-tiles) in the directory PATH: checkpoint, tiles, entry bundles.
                        An export that is there is added to, and never overwritten. Nothing is written of a log that was
                        tampered with or rolled back, also against that export; filters have no place here
  --out PATH            where to
${VERIFICATION_HELP}${FILTER_HELP}  --json         {"format","out","records","added_files","verification"}; records is null if nothing was written

The exit code is that of the verification: 0 verified; 10 tampered or forked, or an export that is there was changed;
12 rolled back; 11 not everything could be checked, so always without --vkey and root key.
`,
  run,
};

const FORMATS = ['jsonl', 'tlog-tiles'] as const;

/** What was written. */
interface Outcome {
  readonly verification: VerificationResult;
  readonly records: number | null;
  readonly addedFiles: number;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      ...FILTER_OPTIONS,
      format: { type: 'string' },
      out: { type: 'string' },
      ...VERIFICATION_OPTIONS,
      json: { type: 'boolean', default: false },
    },
  });
  const log = onlyPositional(positionals, 'a log');
  const format = FORMATS.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`Expected --format with one of ${FORMATS.join(', ')}`);
  const { out } = values;
  if (out === undefined) throw new UsageError('Expected --out with a path');
  const filter = givenFilter(values);
  if (format === 'tlog-tiles' && Object.keys(filter).length > 0) {
    throw new UsageError('Expected no filter: a tree is made of all records');
  }
  const options = await givenVerification(values, io);
  const source = await openLog(log);
  const { verification, records, addedFiles } = await write(source, out, format, { ...options, filter });
  if (values.json) {
    const document = { format, out, records, added_files: addedFiles, verification: toJson(verification) };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const written = records === null ? 'nothing was written' : `${records} records, new files: ${addedFiles}`;
    io.out(`${visible(out)}: ${format}, ${written}\n${describeVerification(log, verification)}`);
  }
  return verification.exitCode;
}

/** What the operating system says of a path that nothing can be written to. */
const NOT_WRITABLE: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'EROFS',
]);

async function write(
  source: LogSource,
  out: string,
  format: (typeof FORMATS)[number],
  options: ExportRecordsOptions,
): Promise<Outcome> {
  try {
    if (format === 'jsonl') return { ...(await exportRecords(source, out, options)), addedFiles: 1 };
    const { verification, treeSize, addedFiles } = await exportTiles(source, out, options);
    return { verification, records: treeSize, addedFiles };
  } catch (cause) {
    if (!NOT_WRITABLE.has(errorCode(cause))) throw cause;
    throw new UsageError(`Expected --out with a path that can be written to: ${errorCode(cause)}`, { cause });
  }
}
