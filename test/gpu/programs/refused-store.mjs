// @ts-check
// Seals a model and has a kernel write into it; prints what came of that. Loses its context, so nothing else runs here.
import { randomBytes } from 'node:crypto';
import { VramError } from 'vram-residency';
import { store } from '../store.mjs';
import { openWorker } from '../worker.mjs';

const SIZE_BYTES = 16 * 2 ** 20;

/** @type {import('@vram-residency/audit-chain').AuditEvent[]} */
const events = [];
const auditLog = {
  emit(/** @type {import('@vram-residency/audit-chain').AuditEvent} */ event) {
    events.push(event);
    return { durable: Promise.resolve({ seq: events.length, leaf: new Uint8Array(32) }) };
  },
};
const manager = await openWorker({ auditLog });
const bytes = randomBytes(SIZE_BYTES);
const shard = await manager.sealModel(bytes);
const stored = await manager.execute([shard], ([view]) => store(view?.external, 0, (bytes[0] ?? 0) ^ 1));
const failure = await manager.verifySealed(shard).catch((/** @type {unknown} */ error) => error);
const { state } = manager;
await manager.close();
const membersOf = (/** @type {string} */ type) => events.find((event) => event.type === type)?.members;
console.log(
  JSON.stringify({
    readOnly: membersOf('vram_sealed')?.['read_only'],
    stored,
    code: failure instanceof VramError ? failure.code : String(failure),
    recorded: membersOf('seal_verification_failed')?.['reason'],
    deallocated: membersOf('vram_deallocated')?.['zeroed'],
    state,
  }),
);
