import type { CommandIo } from './io.js';

/** One command of `audit-chain`. */
export interface Command {
  /** The command line, without `audit-chain`. */
  readonly usage: string;
  /** What `audit-chain COMMAND --help` says below the usage. */
  readonly help: string;
  /** Returns the exit code. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
