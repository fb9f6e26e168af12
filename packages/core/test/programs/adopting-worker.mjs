// A worker that adopts the shard behind descriptor 3, tells of its seal, and verifies it once for each line it is given.
import { createInterface } from 'node:readline';
import { VramManager, vramOnly } from 'vram-residency';

const [, , sizeBytes, expected] = process.argv;
const events = [];
const auditLog = {
  emit({ type, members }) {
    events.push({ type, members });
    return { durable: Promise.resolve({ seq: events.length - 1, leaf: new Uint8Array(32) }) };
  },
};
const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const manager = await VramManager.open({
  workerToken: 'token-of-the-other-worker-0123',
  workerId: 'gpu-0-reader',
  policy: vramOnly({ allowSimulated: true }),
  auditLog,
});
const shard = await manager.adopt({ fd: 3, sizeBytes: Number(sizeBytes) }, { shardId: 'adopted', expected });
tell({ seal: shard.toJSON() });
for await (const _line of createInterface({ input: process.stdin })) {
  const outcome = await manager.verifySealed(shard).catch(({ code, reason }) => ({ code, reason }));
  tell({ outcome, state: manager.state });
}
tell({ released: await manager.release(shard) });
await manager.close();
tell({ events });
