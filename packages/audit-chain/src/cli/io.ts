/** What a command writes to and reads its secrets from. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted once nobody reads what `out` writes: a long output may end then. */
  readonly outClosed?: AbortSignal;
}
