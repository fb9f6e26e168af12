import { AuditError } from '../errors.js';
import { initCommand } from './init-command.js';
import type { CommandIo } from './io.js';
import { checkpointCommand, deriveRootCommand, vkeyCommand } from './key-commands.js';
import { UsageError } from './usage-error.js';
import { VERIFY_USAGE, verifyCommand } from './verify-command.js';

export type { CommandIo } from './io.js';

const COMMANDS: Readonly<Record<string, (args: readonly string[], io: CommandIo) => Promise<number>>> = {
  verify: verifyCommand,
  init: initCommand,
  vkey: vkeyCommand,
  checkpoint: checkpointCommand,
  'derive-root': deriveRootCommand,
};

const USAGE = `Usage:
  ${VERIFY_USAGE}
  audit-chain init DIR --worker-id ID [--json]
  audit-chain vkey LOG
  audit-chain checkpoint LOG
  audit-chain derive-root --origin O

Secrets come from VRAM_RESIDENCY_AUDIT_SECRET or from files with mode 0600, never from an argument.
Exit codes: 0 verified, 10 tampered or forked, 11 not fully checked, 12 rolled back, 2 usage, 1 failure.
`;

/** Runs `audit-chain ARGS`; returns the exit code. Never throws. */
export async function runAuditChain(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === 'help' || rest.includes('--help')) {
    io.out(USAGE);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined) throw new UsageError('Expected a command; see audit-chain --help');
    return await command(rest, io);
  } catch (error) {
    io.error(`audit-chain: ${explain(error)}\n`);
    return isCallersMistake(error) ? 2 : 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof AuditError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

const INPUT_CODES: ReadonlySet<string> = new Set([
  'NOT_A_LOG',
  'UNKNOWN_FORMAT',
  'INVALID_KEY',
  'INVALID_NOTE',
  'INVALID_SOURCE',
  'INSECURE_KEY_FILE',
  'IDENTITY_CONFLICT',
]);

function isCallersMistake(error: unknown): boolean {
  if (error instanceof AuditError) return INPUT_CODES.has(error.code);
  return error instanceof UsageError || error instanceof TypeError || error instanceof RangeError;
}
