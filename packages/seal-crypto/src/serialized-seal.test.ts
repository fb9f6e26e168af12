import { describe, expect, test } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { sealFields, sealVectors, someFields, someVector } from '../test/vectors.js';
import { fromHex } from './hex.js';
import { SEAL_MEMBERS } from './seal-fields.js';
import { parseSeal, type SerializedSeal, serializeSeal } from './serialized-seal.js';

const signature = fromHex(someVector.signature);
const written = serializeSeal({ fields: someFields, signature });
const text = JSON.stringify(written);

test.each(sealVectors)('vector $fields.shard_id is written and read', (vector) => {
  const seal = { fields: sealFields(vector), signature: fromHex(vector.signature) };
  const json = serializeSeal(seal);
  expect(json).toEqual({
    format: 'vram-residency/seal/v1',
    ...vector.fields,
    signature: vector.signature,
  });
  expect(parseSeal(json)).toEqual(seal);
  expect(parseSeal(JSON.stringify(json, null, 2))).toEqual(seal);
});

test('members are in the order of the signature', () => {
  expect(Object.keys(written)).toEqual(['format', ...SEAL_MEMBERS.map(({ name }) => name), 'signature']);
});

test('what is not written is not there', () => {
  const { modelRef: _m, shardIndex: _i, totalShards: _t, ...required } = someFields;
  const json = serializeSeal({ fields: required, signature });
  expect(Object.keys(json)).not.toContain('model_ref');
  expect(Object.keys(parseSeal(json).fields)).toEqual(Object.keys(required));
});

test('a seal with a wrong part is not written', () => {
  expect(() => serializeSeal({ fields: someFields, signature: signature.subarray(1) })).toThrow(
    sealError('MALFORMED_SEAL', 'signature'),
  );
  expect(() =>
    serializeSeal({ fields: someFields, signature: someVector.signature as unknown as Uint8Array }),
  ).toThrow(TypeError);
  expect(() => serializeSeal({ fields: { ...someFields, nonce: '' }, signature })).toThrow(
    sealError('MALFORMED_SEAL', 'nonce'),
  );
});

describe('a member is refused', () => {
  const names = Object.keys(written) as (keyof SerializedSeal)[];
  const optional = new Set(SEAL_MEMBERS.filter((member) => member.optional).map(({ name }) => name));

  test.each(names.filter((name) => !optional.has(name)))('%s if it is absent', (name) => {
    const { [name]: _, ...rest } = written;
    expect(() => parseSeal(rest)).toThrow(sealError('MALFORMED_SEAL', name));
  });

  test.each(names)('%s of any other type', (name) => {
    for (const wrong of [
      null,
      undefined,
      true,
      [],
      {},
      Symbol.iterator,
      typeof written[name] === 'string' ? 1 : '1',
    ]) {
      expect(() => parseSeal({ ...written, [name]: wrong })).toThrow(sealError('MALFORMED_SEAL', name));
    }
  });

  test.each(['extra', 'shardId', 'Format', '', '__proto__', 'constructor'])(
    '%o, which seals do not have',
    (name) => {
      const json = text.replace('{', `{${JSON.stringify(name)}:1,`);
      expect(() => parseSeal(json)).toThrow(sealError('MALFORMED_SEAL'));
      expect(() => parseSeal(JSON.parse(json))).toThrow(sealError('MALFORMED_SEAL'));
    },
  );

  test.each(names)('%s twice', (name) => {
    for (const spelt of [name, `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`]) {
      const json = text.replace('{', `{"${spelt}" : ${JSON.stringify(written[name])},`);
      expect(() => parseSeal(json)).toThrow(sealError('MALFORMED_SEAL'));
    }
  });
});

test('a text may hold what looks like a member', () => {
  const fields = { ...someFields, modelRef: '"shard_id": \\"x\\": {' };
  expect(parseSeal(JSON.stringify(serializeSeal({ fields, signature }))).fields).toEqual(fields);
});

test.each([
  '',
  'x',
  'null',
  '[]',
  '1',
  '"text"',
  '{}',
  `${text},`,
  `[${text}]`,
  `\ufeff${text}`,
  text.padEnd(40_000),
])('%o is no seal', (json) => {
  expect(() => parseSeal(json)).toThrow(sealError('MALFORMED_SEAL'));
});

test.each([undefined, null, 7, [], true])('%o is no seal', (value) => {
  expect(() => parseSeal(value)).toThrow(sealError('MALFORMED_SEAL'));
});

test('text cut anywhere is no seal, and is not quoted', () => {
  for (let end = 0; end < text.length; end += 7) {
    try {
      parseSeal(text.slice(0, end));
      expect.unreachable();
    } catch (error) {
      expect(error).toEqual(sealError('MALFORMED_SEAL'));
      expect(`${error}${(error as Error).cause}`).not.toContain(someFields.shardId);
    }
  }
});
