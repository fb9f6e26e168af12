import type { RecordEngine } from '../engine/record-engine.js';

/** What a command writes to and reads its secrets from. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted once nobody reads what `out` writes: a long output may end then. */
  readonly outClosed?: AbortSignal;
  /** Makes the engine that logs are verified with; default: the plain one over node:crypto. */
  readonly recordEngine?: () => RecordEngine | undefined;
}
