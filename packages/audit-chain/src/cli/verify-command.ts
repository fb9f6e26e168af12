import { openLog } from '../node/open-log.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { readContinuation } from '../verify/continuation.js';
import { readIdentity } from '../verify/log-identity.js';
import { toJson, type VerificationJson, type VerificationResult } from '../verify/verification-result.js';
import { type VerifyOptions, verifyLog } from '../verify/verify-log.js';
import { visible } from '../visible.js';
import type { Command } from './command.js';
import { describeVerification } from './describe-verification.js';
import { type Explanation, explain, explanationLine } from './explain.js';
import {
  givenVerification,
  VERIFICATION_HELP,
  VERIFICATION_OPTIONS,
  VERIFICATION_USAGE,
} from './given-verification.js';
import type { CommandIo } from './io.js';
import { parseCommandLine } from './parse-command-line.js';
import { UsageError } from './usage-error.js';

export const verifyCommand: Command = {
  usage: `verify LOG... ${VERIFICATION_USAGE} [--json]`,
  help: `Verifies logs: what was recorded was not changed, removed, inserted or reordered since.

${VERIFICATION_HELP}  --json              one object, for several logs an array of them in the order given; a log that cannot be read is
                      {"status":null,"exit_code","error":{"code","message"}} in it

Of logs of which one says that it continues another (\`init --continues\`) the older has to end where the newer begins.

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
      ...VERIFICATION_OPTIONS,
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new UsageError('Expected a log');
  const options = await givenVerification(values, io);
  const links = await readLinks(positionals);
  const outcomes: Outcome[] = [];
  for (const log of positionals) {
    const outcome = await judge(log, options, links);
    outcomes.push(outcome);
    if (outcome.failure !== undefined) io.error(explanationLine(outcome.failure));
    else if (!values.json) io.out(describeVerification(log, outcome.result));
  }
  if (values.json) printJson(outcomes, io);
  const codes = outcomes.map(({ result, failure }) => result?.exitCode ?? failure?.exitCode ?? 1);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? 1;
}

/** What the logs say that they continue. What cannot be read is told of when it is judged. */
async function readLinks(logs: readonly string[]): Promise<readonly Checkpoint[]> {
  return logs.length < 2 ? [] : (await Promise.all(logs.map(readLink))).flat();
}

async function readLink(log: string): Promise<readonly Checkpoint[]> {
  try {
    return [await readContinuation(await openLog(log))].filter((link) => link !== undefined);
  } catch {
    return [];
  }
}

/** A log that cannot be read keeps no other from being verified. */
async function judge(log: string, options: VerifyOptions, links: readonly Checkpoint[]): Promise<Outcome> {
  try {
    const source = await openLog(log);
    const own = links.length === 0 ? undefined : await readIdentity(source, undefined, () => undefined);
    const successors = links.filter(({ origin }) => origin === own?.origin);
    return { log, result: await verifyLog(source, { ...options, successors }) };
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
