import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
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
    return {
      mac: (message) => prepared.clone().update(message).digest(),
      destroy: () => prepared.destroy(),
    };
  },
};
