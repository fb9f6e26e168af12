import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes.js';
import type { HashProvider } from './hash-provider.js';

/** The reference provider: runs wherever JavaScript does. */
export const nobleHashes: HashProvider = {
  name: 'noble',
  sha256(...parts) {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },
  macKey(key) {
    const prepared = hmac.create(sha256, key);
    const mac = (message: Uint8Array): Uint8Array => prepared.clone().update(message).digest();
    return {
      mac,
      macHex: (message) => toHex(mac(message)),
      destroy: () => prepared.destroy(),
    };
  },
};
