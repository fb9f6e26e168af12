import type { CommandIo } from './command-io.js';
import { FailureReporter } from './failure/failure-reporter.js';

/** This process as a command's input and output. */
export class ProcessIo implements CommandIo {
  readonly out: CommandIo['out'];
  readonly error: CommandIo['error'];
  readonly report: CommandIo['report'];
  readonly environment: CommandIo['environment'] = process.env;
  readonly showsProgress: boolean = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  readonly #outClosed = new AbortController();
  #resultLost = false;

  constructor() {
    this.out = (text) => process.stdout.write(text);
    this.error = (text) => process.stderr.write(text);
    const reporter = new FailureReporter(this.error);
    this.report = (failure) => reporter.report(failure);
    process.stdout.on('error', (error: NodeJS.ErrnoException) => this.#outputFailed(error));
    // There is nowhere left to tell that standard error fails.
    process.stderr.on('error', () => undefined);
  }

  get outClosed(): AbortSignal {
    return this.#outClosed.signal;
  }

  /** Takes the command's exit code. A result that could not be written is a failure. */
  finish(exitCode: number): void {
    process.exitCode = exitCode === 0 && this.#resultLost ? 1 : exitCode;
  }

  /** A reader that goes away, as `head` does, has what it wanted. Everything else loses the result. */
  #outputFailed({ code }: NodeJS.ErrnoException): void {
    this.#outClosed.abort();
    if (code === 'EPIPE' || this.#resultLost) return;
    this.#resultLost = true;
    this.error(
      `vram-residency: Standard output cannot be written (${code}). Make room where it goes, and run the command again.\n`,
    );
    if (process.exitCode === 0) process.exitCode = 1;
  }
}
