import type { Checkpoint } from '../../note/checkpoint.js';

/** A checkpoint on its way to anchors. */
export interface PublishedCheckpoint extends Checkpoint {
  /** The signed note, byte for byte. */
  readonly note: string;
  /**
   * A consistency proof from an older tree of this log (RFC 6962, section 2.1.2), 32 bytes each. Trees that an anchor
   * got lately cost nothing; for others the log is read from the segment on that the older tree ends in.
   *
   * @throws AuditError `NOT_PROVABLE` if what is needed was pruned
   */
  proveFrom(olderSize: number, signal: AbortSignal): Promise<readonly Uint8Array[]>;
}

/** A place outside the log that holds its checkpoints: what it knows can no longer be cut off or written anew. */
export interface Anchor extends Required<AnchorOptions> {
  /** What messages call it. */
  readonly name: string;
  /**
   * Gets a checkpoint there.
   *
   * @returns signature lines of a note that the anchor gave for it, each with its LF; or nothing
   * @throws AuditError `ANCHOR_CONFLICT` if it holds a checkpoint that is not the beginning of this one
   */
  publish(checkpoint: PublishedCheckpoint, signal: AbortSignal): Promise<string>;
}

/** What every anchor can be told. */
export interface AnchorOptions {
  /**
   * What becomes of records that it does not get a checkpoint over: with `continue`, the default, `onError` is told;
   * with `require` their `anchored` rejects as well.
   */
  readonly onFailure?: 'continue' | 'require';
  /** Longest wait for one attempt, in milliseconds; default 10,000. */
  readonly timeoutMs?: number;
  /** First pause after an attempt that failed, in milliseconds; it doubles up to a minute. Default 1000. */
  readonly retryMs?: number;
}

const MAX_MS = 60_000;

/** @throws RangeError or TypeError that names the setting */
export function anchorSettings(options: AnchorOptions): Required<AnchorOptions> {
  const settings = { onFailure: 'continue', timeoutMs: 10_000, retryMs: 1000, ...options } as const;
  if (settings.onFailure !== 'continue' && settings.onFailure !== 'require') {
    throw new TypeError('Expected onFailure to be continue or require');
  }
  for (const name of ['timeoutMs', 'retryMs'] as const) {
    const value = settings[name];
    if (!Number.isSafeInteger(value) || value < 1 || value > MAX_MS) {
      throw new RangeError(`Expected ${name} to be an integer from 1 to ${MAX_MS} but received ${value}`);
    }
  }
  return settings;
}
