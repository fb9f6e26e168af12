// @ts-check
// A worker whose engine is native: it computes over a sealed shard, and hands memory of its own over to be sealed.
import { createRequire } from 'node:module';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { VramManager, vramOnly } from 'vram-residency';

/**
 * @typedef {object} Engine
 * @property {(external: object, bytes: number) => number} checksum
 * @property {(bytes: Uint8Array, simulated: boolean) => object} load
 * @property {(external: object) => void} unload
 */

/** @type {Engine} */
const engine = createRequire(import.meta.url)('./build/Release/native_engine.node');
const SIZE_BYTES = 3 * 2 ** 20;
const model = Uint8Array.from({ length: SIZE_BYTES }, (_, i) => (i * 31) >>> 3);

/** @param {() => unknown} call */
function codeOf(call) {
  try {
    return call();
  } catch (error) {
    return /** @type {{ code: string }} */ (error).code;
  }
}

const backend = cudaBackend();
const [facts] = await backend.devices();
const vram = await VramManager.open({
  backend,
  workerToken: 'the credential of this worker, at least 16 bytes',
  workerId: 'gpu-0',
  // A worker leaves this out: it is for the stand-in driver of this repository's tests.
  policy: vramOnly({ allowSimulated: facts?.simulated === true }),
});

// The engine reads the pointer inside `execute`, and is through with it when that ends.
const shard = await vram.sealModel(model, { shardId: 'weights' });
/** @type {object | undefined} */
let kept;
const sum = await vram.execute([shard], ([weights]) => {
  kept = weights?.external;
  return engine.checksum(/** @type {object} */ (kept), SIZE_BYTES);
});
console.log(`the engine computed ${sum.toString(16)} over ${shard.fields.vramBytes} sealed bytes`);
console.log(
  'an object that is no external:',
  codeOf(() => engine.checksum({}, 1)),
);
await vram.release(shard);
console.log(
  'an external that was kept:',
  codeOf(() => engine.checksum(/** @type {object} */ (kept), 1)),
);

// Memory that the engine took itself: sealed where it lies, and not exclusive.
const external = engine.load(model, facts?.simulated === true);
const adopted = await vram.adopt({ external }, { shardId: 'own', expected: shard.fields.digest });
console.log('adopted with the same digest:', adopted.fields.digest === shard.fields.digest);
console.log('released:', await vram.release(adopted));
engine.unload(external);
console.log('unloaded:', await vram.adopt({ external }).catch(({ code }) => code));
await vram.close();
