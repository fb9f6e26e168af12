import { InterruptedError } from '../interrupted-error.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** SIGINT and SIGTERM as an AbortSignal, whose reason is an {@link InterruptedError} then. */
export class Interruption {
  readonly #controller = new AbortController();
  /** Signals after the first change nothing: what is being closed is closed to its end. */
  readonly #listener = (signal: string) => this.interrupt(new InterruptedError(signal));

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the work for another reason. The first reason stands. */
  interrupt(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** From here on a signal ends the process. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}
