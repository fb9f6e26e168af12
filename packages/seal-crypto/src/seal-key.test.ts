import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { sealError } from '../test/seal-error.js';
import { sealFields, sealVectors, someFields, someVector } from '../test/vectors.js';
import { fromHex, toHex } from './hex.js';
import { SEAL_MEMBERS, type SealFields } from './seal-fields.js';
import { SealKey } from './seal-key.js';

const signature = fromHex(someVector.signature);
const someKey = () => SealKey.derive(someVector.token, someFields.workerId);

test.each(sealVectors)('vector $fields.shard_id is signed and verified', (vector) => {
  const fields = sealFields(vector);
  for (const token of [vector.token, new TextEncoder().encode(vector.token)]) {
    const key = SealKey.derive(token, fields.workerId);
    expect(toHex(key.sign(fields))).toBe(vector.signature);
    expect(key.verify(fields, fromHex(vector.signature))).toBe(true);
  }
});

describe('a seal does not verify', () => {
  test('with any bit of the signature flipped', () => {
    const key = someKey();
    for (let bit = 0; bit < 256; bit++) {
      const forged = Uint8Array.from(signature);
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(key.verify(someFields, forged)).toBe(false);
    }
  });

  test('with a signature of another length', () => {
    for (const length of [0, 31, 33]) {
      const other = new Uint8Array(length);
      other.set(signature.subarray(0, length));
      expect(someKey().verify(someFields, other)).toBe(false);
    }
  });

  test('with any field changed', () => {
    const others: SealFields = {
      shardId: 'other',
      workerId: 'other',
      gpuUuid: 'other',
      gpuDevice: 7,
      vramBytes: 7,
      digestAlgorithm: 'blake3',
      digest: '0'.repeat(64),
      sealedAt: '2026-01-02T03:04:05.000000Z',
      nonce: '0'.repeat(32),
      modelRef: 'other',
      shardIndex: 7,
      totalShards: 9,
    };
    for (const { field } of SEAL_MEMBERS) {
      expect(someKey().verify({ ...someFields, [field]: others[field] }, signature)).toBe(false);
    }
  });

  test('with the key of another token or another worker', () => {
    expect(SealKey.derive('another token of 16', someFields.workerId).verify(someFields, signature)).toBe(
      false,
    );
    expect(SealKey.derive(someVector.token, 'another').verify(someFields, signature)).toBe(false);
  });
});

test('a key signs for its own worker only', () => {
  const key = SealKey.derive(someVector.token, 'another');
  expect(() => key.sign(someFields)).toThrow(RangeError);
});

test('malformed fields are neither signed nor verified', () => {
  const fields = { ...someFields, nonce: 'x' };
  expect(() => someKey().sign(fields)).toThrow(sealError('MALFORMED_SEAL', 'nonce'));
  expect(() => someKey().verify(fields, signature)).toThrow(sealError('MALFORMED_SEAL', 'nonce'));
  expect(() => someKey().verify(someFields, someVector.signature as unknown as Uint8Array)).toThrow(
    TypeError,
  );
});

describe('a token', () => {
  test('has at least 16 bytes', () => {
    for (const short of ['', 'x'.repeat(15), new Uint8Array(15)]) {
      expect(() => SealKey.derive(short, 'w')).toThrow(sealError('TOKEN_TOO_SHORT'));
    }
    expect(SealKey.derive('é'.repeat(8), 'w').destroyed).toBe(false);
  });

  test('is a string or bytes, and means the same bytes everywhere', () => {
    for (const wrong of [undefined, null, 7, {}, ['x'.repeat(16)]]) {
      expect(() => SealKey.derive(wrong as unknown as string, 'w')).toThrow(TypeError);
    }
    expect(() => SealKey.derive(`${'x'.repeat(16)}\ud800`, 'w')).toThrow(TypeError);
  });

  test('is left to its owner', () => {
    const token = new TextEncoder().encode(someVector.token);
    SealKey.derive(token, 'w');
    expect(new TextDecoder().decode(token)).toBe(someVector.token);
  });
});

test('a worker has an id', () => {
  for (const wrong of ['', 'a b', 'a'.repeat(129)]) {
    expect(() => SealKey.derive(someVector.token, wrong)).toThrow(RangeError);
  }
  expect(() => SealKey.derive(someVector.token, undefined as unknown as string)).toThrow(TypeError);
});

describe('a key is not shown', () => {
  /** The key as anything that prints bytes would write its beginning. */
  const bytes = [...fromHex(someVector.seal_key)];
  const shapes = [
    someVector.seal_key.slice(0, 8),
    bytes.slice(0, 4).join(', '),
    bytes.slice(0, 4).join(','),
    Buffer.from(bytes).toString('base64').slice(0, 8),
    someVector.token,
  ];

  test.each<[string, (key: SealKey) => unknown]>([
    ['inspect', (key) => inspect(key)],
    [
      'inspect of everything',
      (key) => inspect({ key }, { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true }),
    ],
    [
      'inspect past its own form',
      (key) => inspect(key, { customInspect: false, showHidden: true, depth: 9 }),
    ],
    ['JSON', (key) => JSON.stringify({ key })],
    ['String', (key) => String(key)],
    ['a template', (key) => `${key}`],
    ['concatenation', (key) => `x${key}`],
    ['a copy by spreading', (key) => inspect({ ...key })],
    ['Object.entries', (key) => Object.entries(key)],
    ['own keys', (key) => Reflect.ownKeys(key)],
    ['own descriptors', (key) => inspect(Object.getOwnPropertyDescriptors(key))],
    [
      'for in',
      (key) => {
        const names: string[] = [];
        for (const name in key) names.push(name);
        return names;
      },
    ],
  ])('by %s', (_, show) => {
    const shown = String(show(someKey()));
    for (const shape of shapes) expect(shown).not.toContain(shape);
  });

  test('and says that it is secret', () => {
    const key = someKey();
    for (const shown of [inspect(key), String(key), key.toJSON()]) expect(shown).toBe('SealKey [secret]');
  });

  test('and has no property to read it from or to replace', () => {
    const key = someKey();
    expect(Reflect.ownKeys(key)).toEqual([]);
    expect(Object.isFrozen(key)).toBe(true);
    expect(key).toBeInstanceOf(SealKey);
    expect('has' in key).toBe(false);
  });

  test('and is not cloned, posted or serialised', () => {
    const key = someKey();
    const { port1, port2 } = new MessageChannel();
    expect(() => structuredClone(key)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    expect(() => structuredClone({ deep: [key] })).toThrow(
      expect.objectContaining({ name: 'DataCloneError' }),
    );
    expect(() => port1.postMessage(key)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    expect(() => serialize(key)).toThrow();
    port1.close();
    port2.close();
  });

  test('and its methods are of no use elsewhere', () => {
    const { sign } = SealKey.prototype;
    expect(() => sign.call(Object.create(SealKey.prototype), someFields)).toThrow(TypeError);
  });

  test('by the errors it throws', () => {
    const key = someKey();
    key.destroy();
    for (const attempt of [
      () => key.sign(someFields),
      () => someKey().sign({ ...someFields, shardId: '' }),
      () => someKey().sign({ ...someFields, workerId: 'another' }),
      () => SealKey.derive(someVector.token, 'a b'),
      () => SealKey.derive(`${someVector.token}\ud800`, 'w'),
    ]) {
      try {
        attempt();
        expect.unreachable();
      } catch (error) {
        for (const shape of shapes)
          expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(shape);
      }
    }
  });
});

/** What is overwritten while `work` runs: the arrays, and what was in them. */
function overwrittenBy(work: () => void): { readonly array: Uint8Array; readonly before: string }[] {
  const overwritten: { array: Uint8Array; before: string }[] = [];
  const { fill } = Uint8Array.prototype;
  const spy = vi.spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (
    this: Uint8Array,
    ...values
  ) {
    overwritten.push({ array: this, before: toHex(this) });
    return fill.apply(this, values);
  });
  work();
  spy.mockRestore();
  return overwritten;
}

test('destroying a key overwrites it', () => {
  const key = someKey();
  const [found] = overwrittenBy(() => key.destroy());
  expect(found).toEqual({ array: new Uint8Array(32), before: someVector.seal_key });
});

test('deriving a key overwrites the copy of the token', () => {
  const token = Buffer.from(someVector.token);
  const found = overwrittenBy(() => SealKey.derive(token, 'w')).find(
    ({ before }) => before === token.toString('hex'),
  );
  expect(found?.array.every((byte) => byte === 0)).toBe(true);
});

test('a destroyed key is of no use', () => {
  const key = someKey();
  expect(key.destroyed).toBe(false);
  key.destroy();
  key.destroy();
  expect(key.destroyed).toBe(true);
  expect(() => key.sign(someFields)).toThrow(sealError('KEY_DESTROYED'));
  expect(() => key.verify(someFields, signature)).toThrow(sealError('KEY_DESTROYED'));
});
