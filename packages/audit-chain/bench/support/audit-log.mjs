// @ts-check
import { AuditLog } from '@vram-residency/audit-chain/node';

/** Fewer than the buffer has room for, twice. */
const BURST = 450;

/** An event of an inference worker; its record has about 460 bytes. @type {import('@vram-residency/audit-chain').AuditEvent} */
export const event = {
  type: 'seal_verified',
  severity: 'INFO',
  members: {
    shard_id: 'llama-3-8b-instruct-00001-of-00004',
    gpu_device: 0,
    mode: 'full',
    bytes_verified: 4_976_698_672,
    count: 1,
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  },
};

/**
 * @param {string} dir
 * @param {Partial<import('@vram-residency/audit-chain/node').AuditLogOptions>} [options]
 */
export function openAuditLog(dir, options = {}) {
  return AuditLog.open({
    dir,
    workerId: 'gpu-0',
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

/**
 * Emits `count` records as fast as they become durable, never more at once than the buffer holds.
 *
 * @param {AuditLog} auditLog
 * @param {number} count
 */
export async function emitDurably(auditLog, count) {
  /** @type {Promise<unknown>} */
  let previous = Promise.resolve();
  for (let emitted = 0; emitted < count; emitted += BURST) {
    /** @type {Promise<unknown>} */
    let last = previous;
    for (let i = emitted; i < Math.min(emitted + BURST, count); i++) last = auditLog.emit(event).durable;
    await previous;
    previous = last;
  }
  await previous;
}
