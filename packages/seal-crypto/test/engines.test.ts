import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../src/chunks.js';
import { DigestEngines } from '../src/digest-engines.js';
import { toHex } from '../src/hex.js';
import { javascriptEngine } from '../src/javascript-engine.js';
import { nobleEngine } from '../src/noble-engine.js';
import { nodeEngine } from '../src/node/node-engine.js';
import { wasmEngine } from '../src/wasm/wasm-engine.js';
import { describeEngine } from './engine-conformance.js';
import { pattern } from './vectors.js';

// Every engine of this package. One that is added here is held to all of the suite, and so is the native engine, in
// its own package.
for (const engine of [nobleEngine, javascriptEngine, nodeEngine, wasmEngine]) describeEngine(engine);

test('BLAKE3 chunk counters beyond 32 bits of leaves change the digest', () => {
  const engines = new DigestEngines([javascriptEngine]);
  const chunk = pattern(CHUNK_BYTES);
  const digests = [1, 2 ** 23, 2 ** 23 + 1, 2 ** 33].map((firstChunk) =>
    toHex(engines.chunkDigests('blake3', chunk, { firstChunk })[0] as Uint8Array),
  );
  expect(new Set(digests).size).toBe(digests.length);
});
