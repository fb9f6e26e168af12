import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../errors.js';
import { parseVerifierKey } from '../keys/verifier-key.js';
import type { Checkpoint } from '../note/checkpoint.js';
import { newestCheckpoint } from '../proof/newest-checkpoint.js';
import { IDENTITY_FILE } from '../source/log-source.js';
import { AuditLog } from './audit-log.js';
import type { AuditLogOptions } from './audit-log-options.js';
import { openLog } from './open-log.js';

/**
 * Closes a log and begins another with another key: record 0 of the new one names the last checkpoint of the old one,
 * so that a verifier who is given both finds nothing missing between them.
 *
 * @param log to be closed; nothing happens to it if there already is a log in `options.dir`
 * @param options of the new log; in another directory
 * @throws {@link AuditError} as `close` and `open` do; `IDENTITY_CONFLICT` if there already is a log in `options.dir`;
 *   `NOT_PROVABLE` if the old log could not sign its last checkpoint, and then it is closed and no log made
 */
export async function rollover(log: AuditLog, options: AuditLogOptions): Promise<AuditLog> {
  if (await hasLog(options.dir)) {
    throw new AuditError(
      'IDENTITY_CONFLICT',
      `${options.dir} holds a log already: it continues nothing else`,
    );
  }
  await log.close();
  const continues = await lastCheckpoint(log.dir, log.vkey);
  if (continues?.treeSize !== log.treeSize - 1) {
    throw new AuditError('NOT_PROVABLE', 'The old log has no checkpoint over its last record');
  }
  return AuditLog.open({ ...options, continues });
}

/** The newest checkpoint of a log that carries a valid signature of the key. */
export async function lastCheckpoint(dir: string, vkey: string): Promise<Checkpoint | undefined> {
  return newestCheckpoint(await openLog(dir), parseVerifierKey(vkey), undefined);
}

export async function hasLog(dir: string): Promise<boolean> {
  return lstat(join(dir, IDENTITY_FILE)).then(
    () => true,
    () => false, // whatever is wrong with the directory, making the log tells
  );
}
