import { type Anchor, type AnchorOptions, anchorSettings, type PublishedCheckpoint } from './anchor.js';

/**
 * An anchor of your own making: a table, a chat, a ledger. It got the checkpoint when the function returns, or its promise
 * resolves. Checkpoints come one at a time, each larger than the one before; some are left out where they come fast.
 *
 * @param publish gets the signed note in `checkpoint.note`; `signal` is aborted once nobody waits any more
 * @throws TypeError or RangeError for options that make no sense
 */
export function callbackAnchor(
  publish: (checkpoint: PublishedCheckpoint, signal: AbortSignal) => void | Promise<void>,
  options: AnchorOptions & { readonly name?: string } = {},
): Anchor {
  const { name = 'callback', ...settings } = options;
  return {
    name,
    ...anchorSettings(settings),
    async publish(checkpoint, signal) {
      await publish(checkpoint, signal);
      return '';
    },
  };
}
