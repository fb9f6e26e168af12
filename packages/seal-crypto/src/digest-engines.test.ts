import { describe, expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { pattern } from '../test/vectors.js';
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from './algorithms.js';
import { CHUNK_BYTES } from './chunks.js';
import { defaultEngines } from './default-engines.js';
import { DigestEngines } from './digest-engines.js';
import type { DigestEngine } from './engine.js';
import { javascriptEngine } from './javascript-engine.js';
import { nobleEngine } from './noble-engine.js';
import { defaultEngines as nodeDefaultEngines } from './node/default-engines.js';

function running(engines: DigestEngines): unknown {
  return Object.fromEntries(engines.engineInfo().map(({ algorithm, engine }) => [algorithm, engine]));
}

/** An engine that gives the digests of noble, changed by `change`. */
function imitation(change: (digest: Uint8Array) => Uint8Array): DigestEngine {
  return {
    name: 'imitation',
    algorithms: DIGEST_ALGORITHMS,
    createHasher(algorithm) {
      const hasher = nobleEngine.createHasher(algorithm);
      return {
        update: (bytes) => hasher.update(bytes),
        digest: () => change(hasher.digest()),
        destroy: () => hasher.destroy(),
      };
    },
  };
}

describe('which engine runs', () => {
  test('everywhere', () => {
    expect(running(defaultEngines())).toEqual({
      blake3: 'wasm',
      'sha256-fsverity': 'wasm',
      sha256: 'wasm',
    });
  });

  test('on Node', () => {
    expect(running(nodeDefaultEngines())).toEqual({
      blake3: 'wasm',
      'sha256-fsverity': 'node-crypto',
      sha256: 'node-crypto',
    });
  });

  test('is the next that is not forbidden', () => {
    const engines = nodeDefaultEngines().forbidding('node-crypto', 'absent', 'wasm').forbidding('javascript');
    expect(running(engines)).toEqual({ blake3: 'noble', 'sha256-fsverity': 'noble', sha256: 'noble' });
    expect(engines.engineInfo()[0]).toEqual({
      algorithm: 'blake3',
      engine: 'noble',
      candidates: [
        { name: 'node-crypto', supported: false, forbidden: true },
        { name: 'wasm', supported: true, forbidden: true },
        { name: 'javascript', supported: true, forbidden: true },
        { name: 'noble', supported: true, forbidden: false },
      ],
    });
  });

  test('is none if all are forbidden', () => {
    const engines = defaultEngines().forbidding('noble', 'javascript', 'wasm');
    expect(running(engines)).toEqual({ blake3: undefined, 'sha256-fsverity': undefined, sha256: undefined });
    for (const algorithm of DIGEST_ALGORITHMS) {
      expect(() => engines.digest(algorithm, pattern(1))).toThrow(sealError('UNSUPPORTED'));
    }
    expect(() =>
      defaultEngines()
        .forbidding('javascript', 'wasm')
        .chunkDigests('blake3', pattern(CHUNK_BYTES + 1)),
    ).toThrow(sealError('UNSUPPORTED'));
  });

  test('is the next that can run here', () => {
    const engine: DigestEngine = {
      ...imitation((digest) => digest.fill(0)),
      isAvailable: () => false,
      chunkDigests: { blake3: () => [] },
    };
    const engines = new DigestEngines([engine, javascriptEngine, nobleEngine]);
    expect(running(engines)).toEqual({ blake3: 'javascript', 'sha256-fsverity': 'noble', sha256: 'noble' });
    expect(engines.engineInfo()[0]?.candidates[0]).toEqual({
      name: 'imitation',
      supported: false,
      forbidden: false,
    });
    expect(engines.digest('sha256', pattern(1))).toEqual(
      new DigestEngines([nobleEngine]).digest('sha256', pattern(1)),
    );
    expect(engines.chunkDigests('blake3', pattern(CHUNK_BYTES + 1))).toHaveLength(2);
  });

  test('is told apart by name', () => {
    expect(() => new DigestEngines([nobleEngine, nobleEngine])).toThrow(RangeError);
  });
});

describe('an engine that does not pass its self-test', () => {
  test.each(DIGEST_ALGORITHMS)('computes no %s', (algorithm) => {
    const wrong = new DigestEngines([imitation((digest) => digest.fill(0))]);
    expect(() => wrong.digest(algorithm, pattern(1))).toThrow(sealError('ENGINE_FAILED'));
    const short = new DigestEngines([imitation((digest) => digest.subarray(1))]);
    expect(() => short.createHasher(algorithm)).toThrow(sealError('ENGINE_FAILED'));
    const throwing = new DigestEngines([
      imitation(() => {
        throw new Error('no such instruction');
      }),
    ]);
    expect(() => throwing.createHasher(algorithm)).toThrow(sealError('ENGINE_FAILED'));
  });

  test('is tested once', () => {
    let created = 0;
    const engine: DigestEngine = {
      ...nobleEngine,
      createHasher(algorithm) {
        created++;
        return nobleEngine.createHasher(algorithm);
      },
    };
    for (let i = 0; i < 3; i++) new DigestEngines([engine]).digest('sha256', pattern(1));
    expect(created).toBe(4);
  });
});

test('an unknown algorithm is a RangeError', () => {
  const unknown = 'md5' as DigestAlgorithm;
  expect(() => defaultEngines().createHasher(unknown)).toThrow(RangeError);
  expect(() => defaultEngines().chunkDigests(unknown, pattern(1))).toThrow(RangeError);
});
