import type { AuditSink } from '@vram-residency/audit-chain';
import type { Backend } from '@vram-residency/device';
import { type Policy, vramOnly } from '@vram-residency/policy';
import { isWorkerId } from '@vram-residency/seal-crypto';
import { assertInteger, assertOptions, wrongType, wrongValue } from '../arguments.js';
import type { AuditMode } from '../recording/recorder.js';

export interface VramManagerOptions {
  readonly backend: Backend;
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
  /** Told of failures that no call reports. */
  readonly onError?: (error: unknown) => void;
}

export type CheckedManagerOptions = Required<Omit<VramManagerOptions, 'auditLog'>> &
  Pick<VramManagerOptions, 'auditLog'>;

/** @throws TypeError, RangeError */
export function checkManagerOptions(options: VramManagerOptions): CheckedManagerOptions {
  assertOptions('options', options);
  const checked = {
    gpuDevice: 0,
    auditMode: 'best-effort' as const,
    policy: vramOnly(),
    budgetBytes: Number.MAX_SAFE_INTEGER,
    maxModelBytes: 100 * 2 ** 30,
    onError: () => undefined,
    ...options,
  };
  if (typeof checked.backend?.open !== 'function') throw wrongType('backend', 'a Backend', checked.backend);
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
