import type { Interruption } from './interruption.js';

/** What a command reads and writes. */
export interface CommandIo {
  /** Writes to standard output: results alone. */
  readonly out: (text: string) => void;
  /** Writes to standard error: progress and diagnostics. */
  readonly error: (text: string) => void;
  /** Tells of a failure on standard error, each failure once. */
  readonly report: (failure: unknown) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person watches standard error on a terminal that can rewrite a line. */
  readonly showsProgress: boolean;
  /** Aborted once nobody reads standard output any more. */
  readonly outClosed: AbortSignal;
  /**
   * From the first call on SIGINT and SIGTERM end the command's work in order, with an `InterruptedError`, and not the
   * process.
   */
  readonly interruption: () => Interruption;
}
