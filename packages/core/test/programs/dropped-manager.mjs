// @ts-check
// Drops a manager, first with a shard still held, then altogether; prints what the device and the records say.
import { setTimeout } from 'node:timers/promises';
import { simulatedBackend } from '@vram-residency/device';
import { VramManager, vramOnly } from 'vram-residency';

const backend = simulatedBackend();
/** @type {import('@vram-residency/audit-chain').AuditEvent[]} */
const events = [];
/** Not made beside the listener: closures made in one function share what either of them holds. */
const sink = {
  emit(/** @type {import('@vram-residency/audit-chain').AuditEvent} */ event) {
    events.push(event);
    return { durable: Promise.resolve({ seq: 0, leaf: new Uint8Array(32) }) };
  },
};

/** Returns a shard, and forgets its manager. */
async function sealAndDrop() {
  const manager = await VramManager.open({
    backend,
    workerToken: 'token-of-the-worker-0123456789',
    workerId: 'gpu-0',
    policy: vramOnly({ allowSimulated: true }),
    auditLog: sink,
  });
  // A listener that holds its manager must not keep it alive.
  manager.on('stopped', () => void manager.close());
  manager.scrub({ bytesPerSecond: 1 });
  await manager.sealModel(Uint8Array.of(1), { shardId: 'a' });
  return manager.sealModel(Uint8Array.of(2), { shardId: 'b' });
}

async function collectGarbage() {
  for (let i = 0; i < 50 && backend.faults.allocations.length > 0; i++) {
    globalThis.gc?.();
    await setTimeout(10);
  }
  return { allocations: backend.faults.allocations.length };
}

/** The only reference to the shard: a variable of this module could outlive its last use. */
const held = { shard: /** @type {import('vram-residency').SealedShard | undefined} */ (undefined) };

async function hold() {
  held.shard = await sealAndDrop();
}

await hold();
const whileAShardIsHeld = await collectGarbage();
held.shard = undefined;
const afterAllWasDropped = await collectGarbage();
const deallocated = events
  .filter(({ type }) => type === 'vram_deallocated')
  .map(({ members: { shard_id, reason, zeroed } }) => ({ shard_id, reason, zeroed }));
console.log(JSON.stringify({ whileAShardIsHeld, afterAllWasDropped, deallocated }));
