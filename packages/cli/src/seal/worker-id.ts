import { hostname } from 'node:os';
import { AuditError } from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';
import { isWorkerId } from '@vram-residency/seal-crypto';
import { UsageError } from '../usage-error.js';
import type { SealRequest } from './seal-request.js';

const MAX_WORKER_ID_LENGTH = 128;

/**
 * The worker's id: the one that was given, else that of the log, else the host's name.
 *
 * @throws UsageError if it is none
 */
export async function workerIdOf({ workerId, auditDir }: SealRequest): Promise<string> {
  const chosen = workerId ?? (await workerIdOfLog(auditDir)) ?? workerIdOfHost();
  if (!isWorkerId(chosen)) {
    throw new UsageError('Expected --worker-id with 1 to 128 of the characters A-Z a-z 0-9 . _ : -', 'seal');
  }
  return chosen;
}

/** Whatever is wrong with the log is told when it is opened for writing. */
async function workerIdOfLog(dir: string): Promise<string | undefined> {
  try {
    const identity = await (await openLog(dir)).identity();
    const { worker_id: workerId } = JSON.parse(new TextDecoder().decode(identity));
    return isWorkerId(workerId) ? workerId : undefined;
  } catch (error) {
    if (error instanceof AuditError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

function workerIdOfHost(): string {
  return hostname()
    .replace(/[^A-Za-z0-9._:-]/g, '-')
    .slice(0, MAX_WORKER_ID_LENGTH);
}
