import { stat } from 'node:fs/promises';
import { fromUtf8 } from '../bytes.js';
import { followLog } from '../node/follow-log.js';
import { openLog } from '../node/open-log.js';
import { type LinePlace, type LogEntry, query } from '../query/query.js';
import type { RecordFilter } from '../query/record-filter.js';
import { visible } from '../visible.js';
import type { Command } from './command.js';
import { FILTER_HELP, FILTER_OPTIONS, FILTER_USAGE, givenFilter } from './given-filter.js';
import type { CommandIo } from './io.js';
import { onlyPositional, parseCommandLine } from './parse-command-line.js';
import { recordLine } from './record-line.js';
import { UsageError } from './usage-error.js';

export const showCommand: Command = {
  usage: `show LOG ${FILTER_USAGE} [--follow] [--json]`,
  help: `Prints the records of a log, one on a line. Nothing is verified: run \`audit-chain verify\` as well.

${FILTER_HELP}  --follow       goes on with the records that come, until SIGINT; LOG is a directory
  --json         every record's exact line: as one JSON array, with --follow as one JSON object a line

Lines that are no record are passed over and told of; the exit code then is 10. Long values are cut; --json cuts none.
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      ...FILTER_OPTIONS,
      follow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const log = onlyPositional(positionals, 'a log');
  const { follow, json } = values;
  const filter = givenFilter(values);
  let malformed = 0;
  const onMalformed = ({ segment, line }: LinePlace): void => {
    malformed++;
    io.error(`audit-chain: ${visible(segment)}:${line} is not a record; run audit-chain verify\n`);
  };
  const source = await openLog(log);
  if (follow) await printUntilInterrupted(log, { ...filter, onMalformed }, json, io);
  else await print(query(source, { ...filter, onMalformed }), json ? 'array' : 'people', io);
  return malformed > 0 ? 10 : 0;
}

async function printUntilInterrupted(
  directory: string,
  options: RecordFilter & { readonly onMalformed: (place: LinePlace) => void },
  json: boolean,
  io: CommandIo,
): Promise<void> {
  if (!(await stat(directory)).isDirectory()) throw new UsageError('Expected a log’s directory to follow');
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    const signal = AbortSignal.any([
      interrupted.signal,
      ...(io.outClosed === undefined ? [] : [io.outClosed]),
    ]);
    await print(followLog(directory, { ...options, signal }), json ? 'lines' : 'people', io);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function print(
  entries: AsyncIterable<LogEntry>,
  form: 'people' | 'array' | 'lines',
  io: CommandIo,
): Promise<void> {
  let before = '[';
  for await (const { record, bytes } of entries) {
    if (io.outClosed?.aborted) return;
    if (form === 'people') io.out(`${recordLine(record)}\n`);
    else if (form === 'lines') io.out(`${fromUtf8(bytes)}\n`);
    else io.out(`${before}\n${fromUtf8(bytes)}`);
    before = ',';
  }
  if (form === 'array') io.out(before === '[' ? '[]\n' : '\n]\n');
}
