import type { Command } from './command.js';
import { explain, explanationLine } from './explain.js';
import { exportCommand } from './export-command.js';
import { initCommand } from './init-command.js';
import type { CommandIo } from './io.js';
import { checkpointCommand, deriveRootCommand, vkeyCommand } from './key-commands.js';
import { packCommand } from './pack-command.js';
import { processIo } from './process-io.js';
import { proveCommand } from './prove-command.js';
import { reportCommand } from './report-command.js';
import { residencyCommand } from './residency-command.js';
import { showCommand } from './show-command.js';
import { UsageError } from './usage-error.js';
import { verifyCommand } from './verify-command.js';
import { verifyProofCommand } from './verify-proof-command.js';

export type { CommandIo } from './io.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['verify', verifyCommand],
  ['show', showCommand],
  ['residency', residencyCommand],
  ['report', reportCommand],
  ['pack', packCommand],
  ['init', initCommand],
  ['vkey', vkeyCommand],
  ['checkpoint', checkpointCommand],
  ['derive-root', deriveRootCommand],
  ['prove', proveCommand],
  ['verify-proof', verifyProofCommand],
  ['export', exportCommand],
]);

const USAGE = `Usage:
${[...COMMANDS.values()].map(({ usage }) => `  audit-chain ${usage}\n`).join('')}
LOG is a log's directory, a packed log (.tar) or a segment file. \`audit-chain COMMAND --help\` says more.
Secrets come from VRAM_RESIDENCY_AUDIT_SECRET or from files with mode 0600, never from an argument.
Exit codes: 0 done or verified; 1 unexpected failure; 2 usage or unreadable input; 10 tampered or forked;
11 could not be fully checked; 12 rolled back.
`;

/**
 * Runs `audit-chain ARGS`; returns the exit code. Never throws: a failure is told in one sentence, with its code and
 * what to do.
 *
 * @param io default: the streams and the environment of this process
 */
export async function runAuditChain(args: readonly string[], io: CommandIo = processIo()): Promise<number> {
  const [name = '', ...rest] = args;
  const command = COMMANDS.get(name);
  if (['help', '--help', '-h'].includes(name)) {
    io.out(USAGE);
    return 0;
  }
  if (command !== undefined && asksForHelp(rest)) {
    io.out(`Usage: audit-chain ${command.usage}\n\n${command.help}`);
    return 0;
  }
  try {
    if (command === undefined) throw new UsageError('Expected a command');
    return await command.run(rest, io);
  } catch (error) {
    const explanation = explain(error, command && name);
    io.error(explanationLine(explanation));
    return explanation.exitCode;
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  return options.includes('--help') || options.includes('-h');
}
