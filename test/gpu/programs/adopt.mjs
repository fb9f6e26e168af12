// @ts-check
// Adopts the shard behind descriptor 3, expecting a digest; verifies it and lets it go; prints what came of that.
import { openWorker } from '../worker.mjs';

const [, , sizeBytes, expected] = process.argv;
const manager = await openWorker({ workerId: 'gpu-0-reader' });
const source = { fd: 3, sizeBytes: Number(sizeBytes) };
const shard = await manager.adopt(source, { expected: /** @type {string} */ (expected) });
const { mode } = await manager.verifySealed(shard);
const { freedBytes } = await manager.release(shard);
await manager.close();
console.log(JSON.stringify({ digest: shard.fields.digest, mode, freedBytes }));
