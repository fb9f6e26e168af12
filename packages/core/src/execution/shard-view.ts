import { wrongValue } from '../arguments.js';
import { VramError } from '../errors.js';
import type { RecordContext } from '../recording/record-context.js';
import type { Resident } from '../residency/resident.js';

/**
 * What is verified before an execution: every byte; the signature alone; or every byte unless that was done within
 * `maxAgeMs` milliseconds.
 */
export type VerifyMode = 'full' | 'signature' | { readonly maxAgeMs: number };

export interface ExecuteOptions extends RecordContext {
  /** Default `full`. */
  readonly verify?: VerifyMode;
}

/** @throws RangeError */
export function assertVerifyMode(mode: unknown): asserts mode is VerifyMode {
  if (mode === 'full' || mode === 'signature') return;
  const { maxAgeMs } = Object(mode) as { readonly maxAgeMs?: unknown };
  if (typeof maxAgeMs === 'number' && maxAgeMs >= 0) return;
  throw wrongValue('verify', 'full, signature or { maxAgeMs }');
}

/** A shard as an execution sees it; of no use after the execution has ended. */
export class ShardView {
  #resident: Resident | undefined;

  constructor(resident: Resident) {
    this.#resident = resident;
  }

  /** @throws VramError `VIEW_EXPIRED` */
  get shardId(): string {
    return this.#use().shardId;
  }

  /** @throws VramError `VIEW_EXPIRED` */
  get sizeBytes(): number {
    return this.#use().fields.vramBytes;
  }

  /** What native code reads the device pointer from; `undefined` where there is none. @throws VramError `VIEW_EXPIRED` */
  get external(): object | undefined {
    return this.#use().allocation.external;
  }

  /** Ends the view. */
  expire(): void {
    this.#resident = undefined;
  }

  #use(): Resident {
    if (this.#resident === undefined)
      throw new VramError('VIEW_EXPIRED', 'The execution of this view has ended');
    return this.#resident;
  }
}
