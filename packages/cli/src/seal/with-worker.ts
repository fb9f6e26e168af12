import { AuditLog } from '@vram-residency/audit-chain/node';
import type { Backend } from '@vram-residency/device';
import { vramOnly } from '@vram-residency/policy';
import { VramError, VramManager } from 'vram-residency';
import type { CommandIo } from '../command-io.js';
import type { Interruption } from '../interruption.js';
import { endingWith } from './ending-with.js';
import type { SealRequest } from './seal-request.js';
import { workerIdOf } from './worker-id.js';
import { readWorkerSecrets } from './worker-secrets.js';

/** Where what happened is recorded, as `seal --json` prints it. */
export interface AuditPlace {
  readonly dir: string;
  readonly origin: string;
  readonly vkey: string;
  /** Number of records, those of the orderly close included. */
  readonly tree_size: number;
}

/**
 * Runs `work` with a worker on the device that was asked for. However it ends, what is resident is released, and
 * the log is closed after that. A log that cannot be written any more interrupts the work.
 *
 * @throws what `work`, `VramManager.open`, `AuditLog.open` and their `close` throw; VramError `BACKEND_ABSENT`,
 *   `DEVICE_FAILED` if the backend is not available; what `readWorkerSecrets` and `workerIdOf` throw
 */
export async function withWorker<Result>(
  request: SealRequest,
  io: CommandIo,
  interruption: Interruption,
  work: (vram: VramManager) => Promise<Result>,
): Promise<{ readonly result: Result; readonly audit: AuditPlace }> {
  const { backend: entry, deviceIndex, capacityBytes } = request;
  const backend = entry.create(capacityBytes === undefined ? {} : { capacityBytes });
  await assertAvailable(backend, deviceIndex);
  const { token, root } = await readWorkerSecrets(request, io.environment);
  const workerId = await workerIdOf(request);
  const auditLog = await AuditLog.open({
    dir: request.auditDir,
    workerId,
    onError: (error) => {
      io.report(error);
      // What cannot be recorded must not go on.
      if (error.code === 'WRITER_FAILED') interruption.interrupt(error);
    },
    onRootKey: (rootKey) => io.error(rootKeyNotice(rootKey)),
    ...root,
  });
  const result = await endingWith(
    async () => {
      const vram = await VramManager.open({
        backend,
        gpuDevice: deviceIndex,
        workerToken: token,
        workerId,
        auditLog,
        auditMode: 'required',
        policy: vramOnly({ allowSimulated: entry.simulated }),
        onError: io.report,
      });
      return endingWith(
        () => work(vram),
        () => vram.close(),
        io.report,
      );
    },
    () => auditLog.close(),
    io.report,
  );
  const { dir, origin, vkey, treeSize } = auditLog;
  return { result, audit: { dir, origin, vkey, tree_size: treeSize } };
}

/** Asked before a log is made. */
async function assertAvailable(backend: Backend, deviceIndex: number): Promise<void> {
  const probe = await backend.probe();
  if (probe.status === 'available') return;
  throw new VramError(
    probe.status === 'absent' ? 'BACKEND_ABSENT' : 'DEVICE_FAILED',
    `Device ${deviceIndex} of the backend ${backend.name} cannot be used: ${probe.cause}`,
  );
}

function rootKeyNotice(rootKey: string): string {
  return [
    `Root key of the new log, shown this once: ${rootKey}`,
    'Store it away from this machine: who holds it can check the log’s MACs, and forge them.',
    '',
  ].join('\n');
}
