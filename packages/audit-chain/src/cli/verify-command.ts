import { nodeHashes } from '../node/node-hashes.js';
import { openLog } from '../node/open-log.js';
import { toJson, type VerificationJson, type VerificationResult } from '../verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../verify/verify-log.js';
import type { Command } from './command.js';
import { type Explanation, explain, explanationLine } from './explain.js';
import { givenRoot, givenVerifierKey } from './given-keys.js';
import type { CommandIo } from './io.js';
import { parseCommandLine } from './parse-command-line.js';
import { readGivenText } from './read-given-file.js';
import { UsageError } from './usage-error.js';
import { visible } from './visible.js';

export const verifyCommand: Command = {
  usage:
    'verify LOG... [--vkey STRING|FILE] [--root-key-file F | --secret-file F] [--anchor FILE]... [--json]',
  help: `Verifies logs: what was recorded was not changed, removed, inserted or reordered since.

  --vkey K            the verifier key, or a file with it, from someone you trust: checkpoints are judged by it
  --root-key-file F   a file with mode 0600: the log's root key; MACs are checked
  --secret-file F     a file with mode 0600: the secret the root key is derived from;
                      or the secret is in VRAM_RESIDENCY_AUDIT_SECRET
  --anchor FILE       a checkpoint that was kept elsewhere; may be given several times
  --json              one object, for several logs an array of them in the order given; a log that cannot be read is
                      {"status":null,"exit_code","error":{"code","message"}} in it

Exit codes: 0 verified; 10 tampered or forked; 12 rolled back; 11 not everything could be checked; 2 it cannot be read.
Of several logs the worst decides: 10, then 12, then those that could not be read, then 11.
`,
  run,
};

const WORST_FIRST: readonly number[] = [10, 12, 2, 1, 11, 0];

/** One log, and what came of it. */
type Outcome =
  | { readonly log: string; readonly result: VerificationResult; readonly failure?: undefined }
  | { readonly log: string; readonly result?: undefined; readonly failure: Explanation };

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: [...args],
    allowPositionals: true,
    options: {
      vkey: { type: 'string' },
      'root-key-file': { type: 'string' },
      'secret-file': { type: 'string' },
      anchor: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new UsageError('Expected a log');
  const options: VerifyOptions = {
    hashes: nodeHashes,
    ...(await givenRoot(values['root-key-file'], values['secret-file'], io)),
    ...(values.vkey === undefined ? {} : { vkey: await givenVerifierKey(values.vkey) }),
    ...(values.anchor === undefined ? {} : { anchors: await Promise.all(values.anchor.map(readGivenText)) }),
  };
  const outcomes: Outcome[] = [];
  for (const log of positionals) {
    const outcome = await judge(log, options);
    outcomes.push(outcome);
    if (outcome.failure !== undefined) io.error(explanationLine(outcome.failure));
    else if (!values.json) io.out(describe(log, outcome.result));
  }
  if (values.json) printJson(outcomes, io);
  const codes = outcomes.map(({ result, failure }) => result?.exitCode ?? failure?.exitCode ?? 1);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 1;
}

/** A log that cannot be read keeps no other from being verified. */
async function judge(log: string, options: VerifyOptions): Promise<Outcome> {
  try {
    return { log, result: await verifyLog(await openLog(log), options) };
  } catch (error) {
    const failure = explain(error, 'verify');
    return { log, failure: { ...failure, message: `${visible(log)}: ${failure.message}` } };
  }
}

interface FailureJson {
  readonly status: null;
  readonly exit_code: number;
  readonly error: { readonly code: string; readonly message: string };
}

function printJson(outcomes: readonly Outcome[], io: CommandIo): void {
  const [document, ...more] = outcomes.map(({ result, failure }): VerificationJson | FailureJson => {
    if (failure === undefined) return toJson(result);
    const { exitCode, code, message } = failure;
    return { status: null, exit_code: exitCode, error: { code, message } };
  });
  io.out(`${JSON.stringify(more.length === 0 ? document : [document, ...more], null, 2)}\n`);
}

const VERDICTS = {
  verified: 'VERIFIED: nothing was changed, removed or added.',
  tampered:
    'TAMPERED: this is not what the worker wrote. Keep the files as they are and compare with another copy.',
  rolled_back: 'ROLLED BACK: records at the end are gone that a checkpoint knows of. Find the newer copy.',
  incomplete: 'INCOMPLETE: nothing wrong was found, but not everything could be checked.',
} as const;

function describe(log: string, result: VerificationResult): string {
  const { records, firstTimestamp, lastTimestamp, segments, checkpoints } = result;
  const lines = [
    `${visible(log)}: ${VERDICTS[result.status]}`,
    `  ${counted(records, 'record')} from ${firstTimestamp ?? 'never'} to ${lastTimestamp ?? 'never'}, ` +
      `${counted(segments, 'segment')}, ${counted(checkpoints, 'checkpoint')}`,
    `  origin ${visible(result.origin ?? 'unknown')}; checkpoint key ${result.keySource === 'given' ? 'given' : 'from the log itself'}; ` +
      `MACs ${result.mac.replace('_', ' ')}; ${result.closed ? 'closed in order' : 'not closed'}`,
    ...result.defects.map(({ reason, segment, line, detail }) => {
      const place = segment === null ? '' : ` ${visible(segment)}:${line}`;
      return `  ${reason}${place}: ${detail}`;
    }),
  ];
  if (hasNoRightMac(result)) {
    lines.push('  No MAC is right: perhaps the root key or the secret is that of another log');
  }
  const more = result.defectCount - result.defects.length;
  if (more > 0) lines.push(`  and ${counted(more, 'more defect')}`);
  return `${lines.join('\n')}\n`;
}

function hasNoRightMac({ defects, defectCount, records }: VerificationResult): boolean {
  return records > 0 && defectCount >= records && defects.every(({ reason }) => reason === 'MAC_MISMATCH');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
