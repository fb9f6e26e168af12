import type { DigestAlgorithm } from './algorithms.js';
import { equalBytes } from './bytes.js';
import type { DigestEngine } from './engine.js';
import { fromHex } from './hex.js';
import { SealError } from './seal-error.js';

/** Spans blocks and leaves of every algorithm, and is cut where none of them ends. */
const INPUT = Uint8Array.from({ length: 8193 }, (_, i) => i % 251);
const CUT = 1500;

/** Digests of the input by b3sum, fsverity and sha256sum. */
const KNOWN: Readonly<Record<DigestAlgorithm, string>> = {
  blake3: 'bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b',
  'sha256-fsverity': '19ac57f9ec39faeab8a95b6c5bbf4f84747d7764eac69e8e0885de8347817bed',
  sha256: '7e3691790cd64b19d4edb1a80e988214515abeb53aa0f34ffbfe4b4bf405d120',
};

const passed = new WeakMap<DigestEngine, Set<DigestAlgorithm>>();

/**
 * Lets an engine compute a known digest before it is used for the first time in this process: a miscompiled
 * or mismatched binary must not seal anything.
 *
 * @throws SealError `ENGINE_FAILED` if it throws or computes something else.
 */
export function assertSelfTest(engine: DigestEngine, algorithm: DigestAlgorithm): void {
  const algorithms = passed.get(engine) ?? new Set();
  if (algorithms.has(algorithm)) return;
  if (!equalBytes(knownInputDigest(engine, algorithm), fromHex(KNOWN[algorithm]))) {
    throw new SealError(
      'ENGINE_FAILED',
      `The digest engine ${engine.name} computes a wrong ${algorithm}: forbid it`,
    );
  }
  passed.set(engine, algorithms.add(algorithm));
}

function knownInputDigest(engine: DigestEngine, algorithm: DigestAlgorithm): Uint8Array {
  try {
    const hasher = engine.createHasher(algorithm);
    hasher.update(INPUT.subarray(0, CUT));
    hasher.update(INPUT.subarray(CUT));
    return hasher.digest();
  } catch (cause) {
    throw new SealError(
      'ENGINE_FAILED',
      `The digest engine ${engine.name} does not run ${algorithm}: forbid it`,
      {
        cause,
      },
    );
  }
}
