import type { AuditSink } from '@vram-residency/audit-chain';
import { cudaBackend } from '@vram-residency/cuda-backend';
import type { Backend } from '@vram-residency/device';
import { assertPolicy, type Policy, vramOnly } from '@vram-residency/policy';
import { isWorkerId } from '@vram-residency/seal-crypto';
import { assertInteger, assertOptionalFunction, assertOptions, wrongType, wrongValue } from '../arguments.js';
import type { AuditMode } from '../recording/recorder.js';

export interface VramManagerOptions {
  /** Reaches the devices; default: those of the CUDA driver, never a simulated one. */
  readonly backend?: Backend;
  /** Index of the device; default 0. */
  readonly gpuDevice?: number;
  /** The worker's credential, at least 16 bytes; the seal key is derived from it. */
  readonly workerToken: string | Uint8Array;
  /** `[A-Za-z0-9._:-]{1,128}` */
  readonly workerId: string;
  readonly auditLog?: AuditSink;
  /** Default `best-effort`. */
  readonly auditMode?: AuditMode;
  /** Default `vramOnly()`. */
  readonly policy?: Policy;
  /** Most bytes of device memory this manager may hold; default: what the device has. */
  readonly budgetBytes?: number;
  /** Largest shard; default 100 GiB. */
  readonly maxModelBytes?: number;
  /** Told of failures that no call reports; default: a process warning. */
  readonly onError?: (error: unknown) => void;
}

/** Options that were checked, with defaults filled in, but for the token: it is for the key alone. */
export interface CheckedManagerOptions
  extends Required<Omit<VramManagerOptions, 'auditLog' | 'workerToken'>> {
  readonly auditLog: AuditSink | undefined;
}

/** @throws TypeError, RangeError */
export function checkManagerOptions(
  options: VramManagerOptions,
): CheckedManagerOptions & Pick<VramManagerOptions, 'workerToken'> {
  assertOptions('options', options);
  const checked = {
    backend: options.backend ?? cudaBackend(),
    gpuDevice: options.gpuDevice ?? 0,
    workerToken: options.workerToken,
    workerId: options.workerId,
    auditLog: options.auditLog,
    auditMode: options.auditMode ?? 'best-effort',
    policy: options.policy ?? vramOnly(),
    budgetBytes: options.budgetBytes ?? Number.MAX_SAFE_INTEGER,
    maxModelBytes: options.maxModelBytes ?? 100 * 2 ** 30,
    onError: options.onError ?? warn,
  };
  if (typeof checked.backend?.open !== 'function') throw wrongType('backend', 'a Backend', checked.backend);
  assertOptionalFunction('onError', checked.onError);
  assertPolicy(checked.policy);
  if (checked.auditLog !== undefined && typeof checked.auditLog?.emit !== 'function') {
    throw wrongType('auditLog', 'an AuditSink', checked.auditLog);
  }
  if (!isWorkerId(checked.workerId)) throw wrongValue('workerId', '1 to 128 letters, digits and ._:-');
  assertInteger('gpuDevice', checked.gpuDevice, 0);
  assertInteger('budgetBytes', checked.budgetBytes, 1);
  assertInteger('maxModelBytes', checked.maxModelBytes, 1);
  if (checked.auditMode !== 'best-effort' && checked.auditMode !== 'required') {
    throw wrongValue('auditMode', 'best-effort or required');
  }
  if (checked.auditMode === 'required' && checked.auditLog === undefined) {
    throw wrongValue('auditLog', 'given where auditMode is required');
  }
  return checked;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
