/** A signal ended the command before its work was done. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code = 'INTERRUPTED';

  /** @param signal such as `SIGTERM` */
  constructor(signal: string) {
    super(`${signal} ended the command before its work was done`);
  }
}
