import type { CommandIo } from './command-io.js';

/** One command of `vram-residency`. */
export interface Command {
  /** What `vram-residency COMMAND --help` prints; absent where the command prints it itself. */
  readonly usage?: string;
  /**
   * Runs the command with the arguments after its name.
   *
   * @returns the exit code
   * @throws whatever `describeFailure` explains and `exitCodeOf` judges
   */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
