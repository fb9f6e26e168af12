import type * as Curves from '@noble/curves/ed25519.js';

/**
 * Ed25519 with its verdicts remembered: tests that verify one log ten thousand times check the same few signatures
 * over and over. For `vi.mock`.
 */
export async function rememberSignatures(importOriginal: <T>() => Promise<T>): Promise<typeof Curves> {
  const original = await importOriginal<typeof Curves>();
  const verdicts = new Map<string, boolean>();
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const verify: typeof original.ed25519.verify = (signature, message, publicKey, options) => {
    const question = [signature, message, publicKey].map(hex).join();
    const verdict = verdicts.get(question) ?? original.ed25519.verify(signature, message, publicKey, options);
    verdicts.set(question, verdict);
    return verdict;
  };
  return { ...original, ed25519: { ...original.ed25519, verify } };
}
