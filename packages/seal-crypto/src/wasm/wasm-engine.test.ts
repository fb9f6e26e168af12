import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { pattern } from '../../test/vectors.js';
import { DIGEST_ALGORITHMS } from '../algorithms.js';
import { CHUNK_BYTES } from '../chunks.js';
import { DigestEngines } from '../digest-engines.js';
import { javascriptEngine } from '../javascript-engine.js';
import { nobleEngine } from '../noble-engine.js';
import { WasmDigests } from './wasm-digests.js';
import { wasmEngine } from './wasm-engine.js';
import { type DigestExports, instantiateDigests } from './wasm-instance.js';

const REFERENCE = new DigestEngines([nobleEngine]);
const engines = new DigestEngines([wasmEngine]);

/** What the module keeps between calls: its input buffer and a hasher's state. */
function dataOf(exports: DigestExports): Set<number> {
  const parts = [
    [exports.input(), CHUNK_BYTES],
    [exports.state(), exports.stateBytes()],
  ] as const;
  return new Set(
    parts.flatMap(([start, size]) => [...new Set(new Uint8Array(exports.memory.buffer, start, size))]),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('hashers take turns, whatever they compute', () => {
  const turn = fc.record({ hasher: fc.nat(3), sizeBytes: fc.oneof(fc.nat(9000), fc.constant(CHUNK_BYTES)) });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
      const algorithms = [...DIGEST_ALGORITHMS, 'blake3'] as const;
      const hashers = algorithms.map((algorithm) => ({
        algorithm,
        wasm: engines.createHasher(algorithm),
        noble: REFERENCE.createHasher(algorithm),
      }));
      for (const { hasher, sizeBytes } of turns) {
        const bytes = pattern(sizeBytes);
        hashers[hasher]?.wasm.update(bytes);
        hashers[hasher]?.noble.update(bytes);
      }
      for (const { wasm, noble } of hashers) expect(wasm.digest()).toEqual(noble.digest());
    }),
    { numRuns: 15 },
  );
});

test('a hasher that ends while another is at work leaves it alone', () => {
  const one = engines.createHasher('blake3');
  one.update(pattern(5000));
  const other = engines.createHasher('sha256');
  other.update(pattern(100));
  one.destroy();
  expect(other.digest()).toEqual(REFERENCE.digest('sha256', pattern(100)));
  const third = engines.createHasher('blake3');
  third.update(pattern(10));
  const chunks = engines.chunkDigests('blake3', pattern(CHUNK_BYTES + 9));
  expect(chunks).toEqual(
    new DigestEngines([javascriptEngine]).chunkDigests('blake3', pattern(CHUNK_BYTES + 9)),
  );
  expect(third.digest()).toEqual(REFERENCE.digest('blake3', pattern(10)));
});

describe('memory', () => {
  test('does not grow', () => {
    const { memory } = instantiateDigests();
    expect(memory.buffer.byteLength).toBe(768 * 1024);
    const many = Array.from({ length: 200 }, () => engines.createHasher('blake3'));
    for (const hasher of many) hasher.update(pattern(2000));
    const expected = REFERENCE.digest('blake3', pattern(2000));
    for (const hasher of many) expect(hasher.digest()).toEqual(expected);
  });

  test.each(['digest', 'destroy'] as const)('holds nothing of the input after %s', (end) => {
    for (const algorithm of DIGEST_ALGORITHMS) {
      const exports = instantiateDigests();
      const hasher = new WasmDigests(exports).createHasher(algorithm);
      hasher.update(new Uint8Array(CHUNK_BYTES + 4000).fill(0xa5));
      expect(dataOf(exports)).toContain(0xa5);
      hasher[end]();
      expect(dataOf(exports)).not.toContain(0xa5);
    }
  });

  test('holds nothing of the input after a parked hasher has ended', () => {
    const exports = instantiateDigests();
    const digests = new WasmDigests(exports);
    const parked = digests.createHasher('blake3');
    parked.update(new Uint8Array(1000).fill(0xa5));
    const other = digests.createHasher('sha256');
    parked.destroy();
    other.digest();
    expect(dataOf(exports)).not.toContain(0xa5);
  });

  test('holds nothing of chunks whose digests were computed', () => {
    const digests = engines.chunkDigests('sha256-fsverity', new Uint8Array(2 * CHUNK_BYTES).fill(0xa5));
    expect(digests).toHaveLength(2);
    const exports = instantiateDigests();
    const own = new WasmDigests(exports);
    own.chunkNode('blake3', new Uint8Array(CHUNK_BYTES).fill(0xa5), 7);
    expect(dataOf(exports)).toContain(0xa5);
    own.wipeInput();
    expect(dataOf(exports)).not.toContain(0xa5);
  });
});

describe('where WebAssembly may not run', () => {
  test.each([
    ['is absent', undefined],
    [
      'is forbidden',
      {
        Module: class {
          constructor() {
            throw new Error('unsafe-eval');
          }
        },
      },
    ],
  ])('%s: the engine is passed over', async (_, WebAssembly) => {
    vi.stubGlobal('WebAssembly', WebAssembly);
    vi.resetModules();
    const { wasmEngine: engine } = await import('./wasm-engine.js');
    expect(engine.isAvailable?.()).toBe(false);
    expect(engine.isAvailable?.()).toBe(false);
    const info = new DigestEngines([engine, javascriptEngine, nobleEngine]).engineInfo();
    expect(info.map((entry) => entry.engine)).toEqual(['javascript', 'noble', 'noble']);
  });
});
