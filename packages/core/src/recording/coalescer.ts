import type { Clock } from '../clock.js';
import { formatTimestamp } from '../clock.js';
import type { ContextMembers } from '../events/context.js';
import { SealVerified } from '../events/verification-events.js';
import type { Recorder } from './recorder.js';

/** One verification that succeeded. */
export interface Verified {
  readonly shardId: string;
  readonly mode: 'full' | 'signature';
  readonly bytesVerified: number;
}

interface Window {
  readonly verified: Verified;
  readonly timer: NodeJS.Timeout;
  count: number;
  firstAtMs: number;
  context: ContextMembers;
}

/**
 * Records verifications without flooding the log: the first of a shard and mode at once, those of the second after it
 * as one record with their count. In audit mode `required` each has its own record, for its caller waits for it.
 */
export class VerificationCoalescer {
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #gpuDevice: number;
  readonly #windowMs: number;
  readonly #windows = new Map<string, Window>();

  constructor(recorder: Recorder, clock: Clock, gpuDevice: number, windowMs: number) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#gpuDevice = gpuDevice;
    this.#windowMs = windowMs;
  }

  /** @throws VramError `AUDIT_UNAVAILABLE` in audit mode `required` */
  async add(verified: Verified, context: ContextMembers): Promise<void> {
    if (this.#recorder.mode === 'required' || this.#windowMs === 0) {
      return this.#recorder.record(this.#event(verified, 1, context));
    }
    const key = `${verified.shardId} ${verified.mode}`;
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#recorder.note(this.#event(verified, 1, context));
      this.#open(key, verified);
      return;
    }
    if (window.count === 0) {
      window.firstAtMs = this.#clock.now();
      window.context = context;
    } else {
      window.context = common(window.context, context);
    }
    window.count += 1;
  }

  /** Records what is held back of one shard, or of all. */
  flush(shardId?: string): void {
    for (const [key, window] of this.#windows) {
      if (shardId === undefined || window.verified.shardId === shardId) this.#close(key, window);
    }
  }

  #open(key: string, verified: Verified): void {
    const timer = setTimeout(() => {
      const window = this.#windows.get(key);
      if (window === undefined) return;
      const busy = window.count > 0;
      this.#close(key, window);
      if (busy) this.#open(key, verified);
    }, this.#windowMs);
    timer.unref();
    this.#windows.set(key, { verified, timer, count: 0, firstAtMs: 0, context: {} });
  }

  #close(key: string, window: Window): void {
    clearTimeout(window.timer);
    this.#windows.delete(key);
    if (window.count === 0) return;
    const firstAt = formatTimestamp(window.firstAtMs);
    this.#recorder.note(this.#event(window.verified, window.count, window.context, firstAt));
  }

  #event(verified: Verified, count: number, context: ContextMembers, firstAt?: string) {
    return SealVerified({
      shard_id: verified.shardId,
      gpu_device: this.#gpuDevice,
      mode: verified.mode,
      bytes_verified: verified.bytesVerified,
      count,
      ...(firstAt === undefined ? {} : { first_at: firstAt }),
      ...context,
    });
  }
}

/** The members that both contexts have with the same value. */
function common(a: ContextMembers, b: ContextMembers): ContextMembers {
  return Object.fromEntries(
    Object.entries(a).filter(([name, value]) => b[name as keyof ContextMembers] === value),
  );
}
