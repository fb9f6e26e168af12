import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../src/algorithms.js';
import { CHUNK_BYTES } from '../src/chunks.js';
import { DigestEngines } from '../src/digest-engines.js';
import { fromHex, toHex } from '../src/hex.js';
import { nobleEngine } from '../src/noble-engine.js';
import { nodeEngine } from '../src/node/node-engine.js';
import type { SealFields } from '../src/seal-fields.js';
import { SealKey, sealPreimage } from '../src/seal-key.js';
import { parseSeal, serializeSeal } from '../src/serialized-seal.js';

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8'));
const { cases: digests }: { cases: ({ length: number } & Record<DigestAlgorithm, string>)[] } =
  vectors('digests.json');
interface SealVector {
  readonly token: string;
  readonly seal_key: string;
  readonly fields: Readonly<Record<string, unknown>> & {
    readonly shard_id: string;
    readonly worker_id: string;
  };
  readonly preimage: string;
  readonly signature: string;
}
const { cases: seals }: { cases: SealVector[] } = vectors('seals.json');

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i % 251;
  return bytes;
}

describe.each([nobleEngine, nodeEngine].map((engine) => [engine.name, engine] as const))(
  'engine %s',
  (_, engine) => {
    const engines = new DigestEngines([engine]);
    const trees = (['blake3', 'sha256-fsverity'] as const).filter((algorithm) =>
      engine.algorithms.includes(algorithm),
    );

    test.each(digests.map((vector) => [vector.length, vector] as const))(
      'digests %i bytes',
      (length, vector) => {
        for (const algorithm of engine.algorithms) {
          expect(toHex(engines.digest(algorithm, pattern(length)))).toBe(vector[algorithm]);
        }
      },
    );

    test('does not depend on how the input is split', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 9000 }),
          fc.array(fc.nat(9000), { maxLength: 5 }),
          (bytes, cuts) => {
            for (const algorithm of engine.algorithms) {
              const hasher = engines.createHasher(algorithm);
              const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
                (a, b) => a - b,
              );
              let start = 0;
              for (const end of ends) {
                hasher.update(bytes.subarray(start, end));
                start = end;
              }
              expect(hasher.digest()).toEqual(engines.digest(algorithm, bytes));
            }
          },
        ),
        { numRuns: 30 },
      );
    });

    test.each([1, 2, 1024, 4096, CHUNK_BYTES - 1, CHUNK_BYTES])(
      'recombines two chunks, the last of %i bytes',
      (last) => {
        const bytes = pattern(CHUNK_BYTES + last);
        for (const algorithm of trees) {
          const chunks = [
            ...engines.chunkDigests(algorithm, bytes.subarray(0, CHUNK_BYTES)),
            ...engines.chunkDigests(algorithm, bytes.subarray(CHUNK_BYTES), { firstChunk: 1 }),
          ];
          expect(engines.digestFromChunks(algorithm, chunks, bytes.length)).toEqual(
            engines.digest(algorithm, bytes),
          );
        }
      },
    );

    test('a finished hasher is refused', () => {
      const hasher = engines.createHasher('sha256');
      hasher.digest();
      expect(() => hasher.update(pattern(1))).toThrow(expect.objectContaining({ code: 'HASHER_FINISHED' }));
    });
  },
);

describe('engines', () => {
  test('run in order, and can be forbidden', () => {
    const engines = new DigestEngines([nodeEngine, nobleEngine]);
    const running = (set: DigestEngines) =>
      set.engineInfo().map(({ algorithm, engine }) => [algorithm, engine]);
    expect(running(engines)).toEqual([
      ['blake3', 'noble'],
      ['sha256-fsverity', 'node-crypto'],
      ['sha256', 'node-crypto'],
    ]);
    expect(running(engines.forbidding('node-crypto')).map(([, engine]) => engine)).toEqual([
      'noble',
      'noble',
      'noble',
    ]);
    const none = engines.forbidding('node-crypto', 'noble');
    expect(() => none.digest('sha256', pattern(1))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  test('that compute wrongly are not used', () => {
    const wrong = {
      ...nobleEngine,
      createHasher: () => ({ ...nobleEngine.createHasher('sha256'), digest: () => pattern(32) }),
    };
    for (const algorithm of DIGEST_ALGORITHMS) {
      const engines = new DigestEngines([wrong]);
      expect(() => engines.digest(algorithm, pattern(1))).toThrow(
        expect.objectContaining({ code: 'ENGINE_FAILED' }),
      );
    }
  });
});

describe('seals', () => {
  const camel = (fields: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name.replace(/_([a-z])/g, (_, c) => c.toUpperCase()),
        value,
      ]),
    ) as unknown as SealFields;

  test.each(seals.map((vector) => [vector.fields.shard_id, vector] as const))('%s', (_, vector) => {
    const fields = camel(vector.fields);
    const key = SealKey.derive(vector.token, fields.workerId);
    expect(toHex(sealPreimage(fields))).toBe(vector.preimage);
    expect(toHex(key.sign(fields))).toBe(vector.signature);
    const signature = fromHex(vector.signature);
    const written = serializeSeal({ fields, signature });
    expect(written).toEqual({
      format: 'vram-residency/seal/v1',
      ...vector.fields,
      signature: vector.signature,
    });
    expect(parseSeal(JSON.parse(JSON.stringify(written)))).toEqual({ fields, signature });
    expect(key.verify(fields, signature)).toBe(true);
    expect(key.verify({ ...fields, vramBytes: fields.vramBytes + 1 }, signature)).toBe(false);
  });

  test('a wrong member is named', () => {
    const vector = seals[0] as SealVector;
    const seal = { format: 'vram-residency/seal/v1', ...vector.fields, signature: vector.signature };
    const wrong = {
      shard_id: '../x',
      worker_id: '',
      digest: 'ABC',
      sealed_at: '2026-02-30T00:00:00.000000Z',
      nonce: 1,
      vram_bytes: 0,
      signature: 'x',
      format: 'v2',
    };
    for (const [member, value] of Object.entries(wrong)) {
      expect(() => parseSeal({ ...seal, [member]: value })).toThrow(
        expect.objectContaining({ code: 'MALFORMED_SEAL', member }),
      );
    }
    expect(() => parseSeal({ ...seal, extra: 1 })).toThrow(
      expect.objectContaining({ code: 'MALFORMED_SEAL' }),
    );
  });

  test('a key is never shown and ends for good', () => {
    const vector = seals[0] as SealVector;
    const key = SealKey.derive(vector.token, vector.fields.worker_id);
    const shown =
      inspect(key, { showHidden: true, depth: 9 }) +
      JSON.stringify({ key }) +
      String(key) +
      Object.getOwnPropertyNames(key).join();
    expect(shown).not.toContain(vector.seal_key);
    expect(shown).not.toContain(String(fromHex(vector.seal_key)[0]));
    expect(Object.getOwnPropertyNames(structuredClone(key))).toEqual([]);
    key.destroy();
    expect(() => key.sign(camel(vector.fields))).toThrow(expect.objectContaining({ code: 'KEY_DESTROYED' }));
    expect(() => SealKey.derive('short', 'gpu-0')).toThrow(
      expect.objectContaining({ code: 'TOKEN_TOO_SHORT' }),
    );
  });
});
