import { expect, test } from 'vitest';
import type { HashProvider } from '../hash/hash-provider.js';
import { KeyState } from './key-state.js';
import { nodeHashes } from './node-hashes.js';
import { RecordChain, startOfChain } from './record-chain.js';

/** Sees every buffer that a secret or a key lies in: what keys are made of, and what is derived from them. */
function watched(): { readonly hashes: HashProvider; readonly buffers: Set<Uint8Array> } {
  const buffers = new Set<Uint8Array>();
  const hashes: HashProvider = {
    ...nodeHashes,
    macKey: (key) => {
      buffers.add(key);
      const prepared = nodeHashes.macKey(key);
      const mac = (message: Uint8Array): Uint8Array => {
        const derived = prepared.mac(message);
        buffers.add(derived);
        return derived;
      };
      return {
        ...prepared,
        mac,
        macHex: (message) => prepared.macHex(message),
        destroy: () => prepared.destroy(),
      };
    },
  };
  return { hashes, buffers };
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

test('of all secrets and keys that ever lay in memory only the current secret does, and none after the end', () => {
  const { hashes, buffers } = watched();
  const chain = new RecordChain(
    hashes,
    'gpu-0',
    startOfChain(hashes),
    new KeyState(0, new Uint8Array(32).fill(7)),
  );
  for (let epoch = 1; epoch <= 5; epoch++) {
    chain.adoptKey(chain.deriveKey(epoch));
    expect([...buffers].filter((bytes) => !isZero(bytes))).toEqual([chain.key.secret()]);
  }
  chain.adoptKey(chain.deriveKey(9)); // several epochs in one step
  expect([...buffers].filter((bytes) => !isZero(bytes))).toEqual([chain.key.secret()]);
  expect(buffers.size).toBeGreaterThan(10);
  chain.destroyKey();
  expect([...buffers].every(isZero)).toBe(true);
});
