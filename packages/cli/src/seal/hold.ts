import { VramError, type VramManager } from 'vram-residency';
import { InterruptedError } from '../interrupted-error.js';

/** What holding needs of a manager. */
export type HeldManager = Pick<VramManager, 'on' | 'off' | 'scrub'>;

/** Longest time that a timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Keeps what is sealed resident, and verifies it over and over, until the signal is aborted: by SIGINT or SIGTERM, and
 * this returns, or for another reason, and this throws it.
 *
 * @throws VramError `VERIFICATION_FAILED` as soon as a seal does not verify, `WORKER_STOPPED` if the worker is
 *   stopped for another reason
 */
export async function hold(
  vram: HeldManager,
  { bytesPerSecond, signal }: { readonly bytesPerSecond: number; readonly signal: AbortSignal },
): Promise<void> {
  let unverified: VramError | undefined;
  let stopped: VramError | undefined;
  let wake = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const onFailure = ({ shardId, reason }: { readonly shardId: string; readonly reason: string }) => {
    const message = `The seal of ${shardId} does not verify: ${reason}`;
    unverified ??= new VramError('VERIFICATION_FAILED', message, { shardId, reason });
    wake();
  };
  const onStopped = ({ reason }: { readonly reason: string }) => {
    stopped ??= new VramError('WORKER_STOPPED', `The worker was stopped: ${reason}`, { reason });
    wake();
  };
  vram.on('verificationFailed', onFailure).on('stopped', onStopped);
  signal.addEventListener('abort', wake, { once: true });
  // Neither a signal's listener nor a scrubber at rest keeps the process alive.
  const alive = setInterval(() => undefined, LONGEST_MS);
  try {
    const scrubber = vram.scrub({ bytesPerSecond });
    if (!signal.aborted) await ended;
    // What fails while the last verification ends is a failure still.
    await scrubber.stop();
  } finally {
    clearInterval(alive);
    signal.removeEventListener('abort', wake);
    vram.off('verificationFailed', onFailure).off('stopped', onStopped);
  }
  // A failed verification stops the worker too, and says more.
  const failure = unverified ?? stopped;
  if (failure !== undefined) throw failure;
  if (!(signal.reason instanceof InterruptedError)) throw signal.reason;
}
