import { AuditError } from '../errors.js';
import { parseVerifierKey, type VerifierKey } from '../keys/verifier-key.js';
import { openCheckpoint } from '../note/checkpoint.js';
import type { LogSource } from '../source/log-source.js';
import { readIdentity } from '../verify/log-identity.js';
import { type CheckpointNote, newestCheckpoint } from './newest-checkpoint.js';

/** Which checkpoint of a log to use. */
export interface CheckpointChoice {
  /** C2SP verifier key; default: the log's own. */
  readonly vkey?: string;
  /** As text; default: the newest of the log. */
  readonly checkpoint?: string;
  readonly signal?: AbortSignal;
}

/**
 * The checkpoint that was given, else the newest of the log; its signature is checked.
 *
 * @throws {@link AuditError} `NOT_PROVABLE` if the log has none; `INVALID_KEY`, `INVALID_NOTE`, `UNKNOWN_FORMAT`
 */
export async function chooseCheckpoint(
  source: LogSource,
  { vkey, checkpoint, signal }: CheckpointChoice,
): Promise<CheckpointNote> {
  const key = await chooseKey(source, vkey, signal);
  if (checkpoint !== undefined) return { ...openCheckpoint(checkpoint, key), text: checkpoint };
  const newest = await newestCheckpoint(source, key, signal);
  if (newest === undefined) throw notProvable('it has no checkpoint that is signed by its key');
  return newest;
}

/**
 * The key that was given, else the log's own.
 *
 * @throws {@link AuditError} `INVALID_KEY`, `UNKNOWN_FORMAT`
 */
export async function chooseKey(
  source: LogSource,
  vkey: string | undefined,
  signal: AbortSignal | undefined,
): Promise<VerifierKey> {
  if (vkey !== undefined) return parseVerifierKey(vkey);
  const malformed = (): void => {
    throw new AuditError('INVALID_KEY', 'log.json is malformed: give a verifier key');
  };
  const { ownKey } = await readIdentity(source, undefined, malformed, signal);
  if (ownKey === undefined) throw new AuditError('INVALID_KEY', 'The log names no verifier key: give one');
  return ownKey;
}

export function notProvable(why: string): AuditError {
  return new AuditError('NOT_PROVABLE', `The log cannot prove it: ${why}`);
}
