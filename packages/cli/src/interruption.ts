/** Ends work early, in order: an AbortSignal whose first reason stands. */
export class Interruption {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A later call changes nothing: what is being ended is ended in order. */
  interrupt(reason: Error): void {
    this.#controller.abort(reason);
  }
}
