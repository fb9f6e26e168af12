import type { CommandIo } from './command-io.js';
import { FailureReporter } from './failure/failure-reporter.js';
import { InterruptedError } from './interrupted-error.js';
import { Interruption } from './interruption.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** This process as a command's input and output. */
export class ProcessIo implements CommandIo {
  readonly out: CommandIo['out'];
  readonly error: CommandIo['error'];
  readonly report: CommandIo['report'];
  readonly environment: CommandIo['environment'] = process.env;
  readonly showsProgress: boolean = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  readonly #outClosed = new AbortController();
  readonly #interruption = new Interruption();
  #resultLost = false;

  constructor() {
    this.out = (text) => process.stdout.write(text, (error) => this.#outputFailed(error));
    this.error = (text) => process.stderr.write(text);
    const reporter = new FailureReporter(this.error);
    this.report = (failure) => reporter.report(failure);
    // Each write tells what becomes of it; where standard error fails, nowhere is left to tell it.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  }

  get outClosed(): AbortSignal {
    return this.#outClosed.signal;
  }

  /** The listeners stay until the process ends: a signal that comes after the work has nothing left to interrupt. */
  readonly interruption = (): Interruption => {
    for (const signal of SIGNALS) process.off(signal, this.#interrupt).on(signal, this.#interrupt);
    return this.#interruption;
  };

  readonly #interrupt = (signal: string): void => this.#interruption.interrupt(new InterruptedError(signal));

  /**
   * Ends the process with the command's exit code, once all is written. A result that could not be written is a
   * failure. A process that is left to end by itself lets go of its signals first, so that a late one would kill it.
   */
  finish(exitCode: number): void {
    process.stdout.write('', () => process.exit(exitCode === 0 && this.#resultLost ? 1 : exitCode));
  }

  /** A reader that goes away, as `head` does, has what it wanted. Everything else loses the result. */
  #outputFailed(error: NodeJS.ErrnoException | null | undefined): void {
    // What is written after the first failure fails for that reason.
    if (error == null || this.#outClosed.signal.aborted) return;
    this.#outClosed.abort();
    const { code } = error;
    if (code === 'EPIPE') return;
    this.#resultLost = true;
    this.error(
      `vram-residency: Standard output cannot be written (${code}). Make room where it goes, and run the command again.\n`,
    );
  }
}
