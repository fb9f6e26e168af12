import { type CommandIo, runAuditChain } from '../src/cli/index.js';

/** What a command printed, and its exit code. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs `audit-chain ARGS` in this process. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  io: Pick<CommandIo, 'recordEngine'> = {},
): Promise<CommandOutcome> {
  let out = '';
  let error = '';
  const code = await runAuditChain(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    environment,
    ...io,
  });
  return { code, out, error };
}
