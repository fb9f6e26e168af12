import { describe, expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { someFields } from '../test/vectors.js';
import { SEAL_MEMBERS, type SealFields, validateSealFields } from './seal-fields.js';

const { modelRef: _m, shardIndex: _i, totalShards: _t, ...required } = someFields;

describe('taken', () => {
  test.each<[string, Partial<Record<keyof SealFields, unknown>>]>([
    ['the longest shard id', { shardId: 'a'.repeat(256) }],
    ['the longest worker id', { workerId: `${'a'.repeat(124)}._:-` }],
    ['the longest text', { modelRef: 'é'.repeat(512) }],
    ['a text beyond the first plane', { modelRef: '𝔪' }],
    ['the largest integers', { gpuDevice: Number.MAX_SAFE_INTEGER, vramBytes: Number.MAX_SAFE_INTEGER }],
    ['plain sha256', { digestAlgorithm: 'sha256' }],
    ['a number of parts alone', { totalShards: 3 }],
    ['the last part', { shardIndex: 2, totalShards: 3 }],
    ['undefined as absent', { modelRef: undefined }],
  ])('%s', (_, change) => {
    expect(() => validateSealFields({ ...required, ...change })).not.toThrow();
  });
});

const WRONG: Readonly<Record<keyof SealFields, readonly unknown[]>> = {
  shardId: ['', 'a'.repeat(257), '../x', 'a.b', 'a b', 'a\0', 'é', 'a\n', 7],
  workerId: ['', 'a'.repeat(129), 'a/b', '@#$%', 'a\n'],
  gpuUuid: ['', 'a'.repeat(1025), 'é'.repeat(513), 'a\nb', 'a\x7fb', 'a\x80b', '\ud800', 'a\udc00b', 7],
  gpuDevice: [-1, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '0', 0n],
  vramBytes: [0, -1, 2 ** 53, '1'],
  digestAlgorithm: ['md5', '', 'BLAKE3', 'toString'],
  digest: ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), `${'a'.repeat(64)}\n`],
  sealedAt: ['', '2026-02-30T00:00:00.000000Z', 1, new Date()],
  nonce: ['', 'a'.repeat(31), 'A'.repeat(32), 'a'.repeat(33)],
  modelRef: ['', null, 'a\u0000', 'a'.repeat(1025), '\udfff'],
  shardIndex: [8, 9, -1, 0.5, null, '0'],
  totalShards: [0, -1, 0.5, null, '8'],
};

describe.each(SEAL_MEMBERS.map(({ field, name, optional }) => ({ field, name, optional })))(
  '$name is refused',
  ({ field, name, optional }) => {
    test.each([...WRONG[field], ...(optional ? [] : [undefined])].map((value) => [value]))(
      'as %o',
      (value) => {
        expect(() => validateSealFields({ ...someFields, [field]: value })).toThrow(
          sealError('MALFORMED_SEAL', name),
        );
      },
    );
  },
);

test('an index needs its total', () => {
  expect(() => validateSealFields({ ...required, shardIndex: 0 })).toThrow(
    sealError('MALFORMED_SEAL', 'total_shards'),
  );
});

test('a field that seals do not have is refused, for it would not be signed', () => {
  expect(() => validateSealFields({ ...required, modelref: 'x' })).toThrow(sealError('MALFORMED_SEAL'));
});

test('what is no object is a TypeError', () => {
  for (const wrong of [undefined, null, 'x']) expect(() => validateSealFields(wrong)).toThrow(TypeError);
});

test('no message holds a value from outside', () => {
  const secret = 'hunter2!hunter2!';
  for (const { field } of SEAL_MEMBERS) {
    try {
      validateSealFields({ ...someFields, [field]: `${secret}\n` });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(secret);
    }
  }
});
