import { AuditError } from '../../errors.js';
import { systemCode } from '../error-code.js';
import type { Anchor, PublishedCheckpoint } from './anchor.js';

const MAX_PAUSE_MS = 60_000;
/** So many attempts in a row fail before it counts as down. */
const ATTEMPTS = 3;

/** Told of what became of a checkpoint. */
export interface DeliveryEvents {
  delivered(checkpoint: PublishedCheckpoint, signatureLines: string): void;
  failed(checkpoint: PublishedCheckpoint, error: AuditError): void;
}

/**
 * Brings checkpoints to one anchor, one at a time. Its queue has one place: only the newest checkpoint matters. After an
 * attempt that failed it pauses, longer each time, and then tries the newest.
 */
export class AnchorDelivery {
  readonly anchor: Anchor;
  readonly #events: DeliveryEvents;
  readonly #ending = new AbortController();
  #newest: PublishedCheckpoint | undefined;
  #inFlight: PublishedCheckpoint | undefined;
  #deliveredSize = 0;
  #failures = 0;
  #lastError: AuditError | undefined;
  #running: Promise<void> | undefined;
  #pause: NodeJS.Timeout | undefined;
  /** The last attempt, which may go on though nobody waits for it any more. */
  #attempt: Promise<unknown> = Promise.resolve();

  constructor(anchor: Anchor, events: DeliveryEvents) {
    this.anchor = anchor;
    this.#events = events;
  }

  /** Tree size of the last checkpoint that the anchor got. */
  get deliveredSize(): number {
    return this.#deliveredSize;
  }

  /** Why nobody should wait for it, if it failed often enough or contradicts the log. */
  get verdict(): AuditError | undefined {
    const isDown = this.#failures >= ATTEMPTS || this.#lastError?.code === 'ANCHOR_CONFLICT';
    return isDown ? this.#lastError : undefined;
  }

  /** Tree sizes from which a proof may be asked for. */
  get sizes(): readonly number[] {
    const waiting = [this.#newest, this.#inFlight].flatMap((one) => one?.treeSize ?? []);
    return [this.#deliveredSize, ...waiting];
  }

  offer(checkpoint: PublishedCheckpoint): void {
    this.#newest = checkpoint;
    if (this.#pause === undefined) this.#start();
  }

  /** Makes one last attempt, without a pause before it; ends when it is through or `signal` is aborted. */
  async finish(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.end(signal.reason), { once: true });
    await this.#running;
    clearTimeout(this.#pause);
    this.#start();
    await this.#running;
  }

  /** Makes no further attempt, and waits for none. */
  end(reason?: unknown): void {
    this.#ending.abort(reason);
    clearTimeout(this.#pause);
  }

  #start(): void {
    this.#pause = undefined;
    if (this.#running !== undefined || this.#newest === undefined || this.#ending.signal.aborted) return;
    this.#running = this.#deliver().finally(() => {
      this.#running = undefined;
    });
  }

  async #deliver(): Promise<void> {
    for (let next = this.#takeNewest(); next !== undefined; next = this.#takeNewest()) {
      try {
        const lines = await this.#publish(next);
        this.#deliveredSize = next.treeSize;
        this.#failures = 0;
        this.#lastError = undefined;
        this.#events.delivered(next, lines);
      } catch (cause) {
        this.#newest ??= next;
        this.#fail(next, cause);
        return;
      } finally {
        this.#inFlight = undefined;
      }
    }
  }

  #takeNewest(): PublishedCheckpoint | undefined {
    this.#inFlight = this.#newest;
    this.#newest = undefined;
    return this.#inFlight;
  }

  /** One attempt; while the one before still hangs there is no second. */
  async #publish(checkpoint: PublishedCheckpoint): Promise<string> {
    const late = new AbortController();
    const { timeoutMs } = this.anchor;
    const noAnswer = new AuditError('ANCHOR_FAILED', `No answer within ${timeoutMs} ms`);
    const timer = setTimeout(() => late.abort(noAnswer), timeoutMs);
    const signal = AbortSignal.any([late.signal, this.#ending.signal]);
    try {
      await untilAborted(this.#attempt, signal);
      const attempt = this.anchor.publish(checkpoint, signal);
      this.#attempt = attempt.catch(() => undefined);
      return await untilAborted(attempt, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(checkpoint: PublishedCheckpoint, cause: unknown): void {
    const { name, retryMs } = this.anchor;
    this.#failures++;
    const contradicts = cause instanceof AuditError && cause.code === 'ANCHOR_CONFLICT';
    // What a callback throws may say more than a message should.
    const why = cause instanceof AuditError ? cause.message : `It failed${systemCode(cause)}`;
    const code = contradicts ? 'ANCHOR_CONFLICT' : 'ANCHOR_FAILED';
    const error = new AuditError(code, `The anchor ${name} does not hold the checkpoint: ${why}`, { cause });
    const pauseMs = Math.min(retryMs * 2 ** (this.#failures - 1), MAX_PAUSE_MS);
    this.#pause = setTimeout(() => this.#start(), pauseMs);
    this.#pause.unref();
    this.#lastError = error;
    this.#events.failed(checkpoint, error);
  }
}

async function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort as () => void);
  }
}
