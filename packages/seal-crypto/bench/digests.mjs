// @ts-check
// `node packages/seal-crypto/bench/digests.mjs [MIB]`: every engine on the same bytes, best of three, against noble.
import { DigestEngines, javascriptEngine, nobleEngine } from '@vram-residency/seal-crypto';
import { nodeEngine } from '@vram-residency/seal-crypto/node';

const sizeMib = Number(process.argv[2] ?? 64);
if (!Number.isSafeInteger(sizeMib) || sizeMib < 1 || sizeMib > 1024) {
  throw new RangeError('Expected a size from 1 to 1024 MiB');
}
const bytes = new Uint8Array(sizeMib * 2 ** 20);
for (let i = 0; i < bytes.length; i++) bytes[i] = i % 251;

/**
 * @param {import('@vram-residency/seal-crypto').DigestEngine} engine
 * @param {import('@vram-residency/seal-crypto').DigestAlgorithm} algorithm
 */
function gigabytesPerSecond(engine, algorithm) {
  const engines = new DigestEngines([engine]);
  engines.digest(algorithm, bytes.subarray(0, 2 ** 20));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    engines.digest(algorithm, bytes);
    best = Math.min(best, performance.now() - start);
  }
  return bytes.length / best / 1e6;
}

console.log(`${sizeMib} MiB in memory, one thread, best of 3, Node ${process.versions.node}`);
for (const algorithm of nobleEngine.algorithms) {
  const noble = gigabytesPerSecond(nobleEngine, algorithm);
  for (const engine of [nodeEngine, javascriptEngine, nobleEngine]) {
    if (!engine.algorithms.includes(algorithm)) continue;
    const rate = engine === nobleEngine ? noble : gigabytesPerSecond(engine, algorithm);
    console.log(
      `${algorithm.padEnd(16)} ${engine.name.padEnd(12)} ${rate.toFixed(3)} GB/s  ${(rate / noble).toFixed(1)} x noble`,
    );
  }
}
