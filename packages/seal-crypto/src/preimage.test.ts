import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { sealFields, sealVectors, someFields } from '../test/vectors.js';
import { toHex } from './hex.js';
import { sealPreimage } from './preimage.js';
import type { SealFields } from './seal-fields.js';

test.each(sealVectors)('vector $fields.shard_id', (vector) => {
  expect(toHex(sealPreimage(sealFields(vector)))).toBe(vector.preimage);
});

const hex = (digits: number) =>
  fc.array(fc.constantFrom(...'01af'), { minLength: digits, maxLength: digits }).map((text) => text.join(''));
const text = fc.stringMatching(/^[ab1:]{1,4}$/);
const integer = fc.nat(12);

/** Few values of each field, so that pairs that differ in little are common. */
const seals: fc.Arbitrary<SealFields> = fc
  .record(
    {
      shardId: fc.stringMatching(/^[ab1]{1,3}$/),
      workerId: fc.stringMatching(/^[ab1:]{1,3}$/),
      gpuUuid: text,
      gpuDevice: integer,
      vramBytes: integer.map((n) => n + 1),
      digestAlgorithm: fc.constantFrom('blake3' as const, 'sha256-fsverity' as const, 'sha256' as const),
      digest: hex(64),
      sealedAt: integer.map((n) => `2026-01-02T03:04:05.0000${String(n).padStart(2, '0')}Z`),
      nonce: hex(32),
      modelRef: text,
      shards: fc.record({ shardIndex: integer, totalShards: integer.map((n) => n + 13) }),
    },
    {
      requiredKeys: [
        'shardId',
        'workerId',
        'gpuUuid',
        'gpuDevice',
        'vramBytes',
        'digestAlgorithm',
        'digest',
        'sealedAt',
        'nonce',
      ],
    },
  )
  .map(({ shards, ...fields }) => ({ ...fields, ...shards }) as SealFields);

test('different fields have different preimages', () => {
  fc.assert(
    fc.property(seals, seals, (a, b) => {
      const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
      expect(toHex(sealPreimage(a)) === toHex(sealPreimage(b))).toBe(same);
    }),
  );
});

test('a change of one field changes the preimage', () => {
  fc.assert(
    fc.property(seals, seals, (a, b) => {
      for (const field of Object.keys(b) as (keyof SealFields)[]) {
        if (field === 'shardIndex' || field === 'totalShards' || a[field] === b[field]) continue;
        expect(toHex(sealPreimage({ ...a, [field]: b[field] }))).not.toBe(toHex(sealPreimage(a)));
      }
    }),
  );
});

test('the border between two fields is covered', () => {
  const one = sealPreimage({ ...someFields, shardId: 'ab', workerId: 'c' });
  expect(toHex(one)).not.toBe(toHex(sealPreimage({ ...someFields, shardId: 'a', workerId: 'bc' })));
});

test('malformed fields have none', () => {
  expect(() => sealPreimage({ ...someFields, shardId: '' })).toThrow(sealError('MALFORMED_SEAL', 'shard_id'));
});
