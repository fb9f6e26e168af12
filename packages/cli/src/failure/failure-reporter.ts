import { describeFailure } from './describe-failure.js';

/** Tells of each failure once, however many ways it takes. */
export class FailureReporter {
  readonly #write: (text: string) => void;
  readonly #told = new WeakSet<object>();

  /** @param write takes one line, as `CommandIo.error` does */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  report(failure: unknown): void {
    if (typeof failure === 'object' && failure !== null) {
      if (this.#told.has(failure)) return;
      this.#told.add(failure);
    }
    this.#write(describeFailure(failure));
  }
}
