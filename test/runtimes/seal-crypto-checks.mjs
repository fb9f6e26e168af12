// @ts-check
import {
  DIGEST_ALGORITHMS,
  DigestEngines,
  defaultEngines,
  javascriptEngine,
  nobleEngine,
  parseSeal,
  SealKey,
  sealPreimage,
  serializeSeal,
  toHex,
  wasmEngine,
} from '@vram-residency/seal-crypto';
import { assertEqual, assertThrows } from './check.mjs';
import { patternPieces } from './vectors.mjs';

/** @import { DigestAlgorithm, DigestEngine, SealFields } from '@vram-residency/seal-crypto' */
/** @import { Check } from './check.mjs' */
/** @import { SealVector, Vectors } from './vectors.mjs' */

const ENGINES = [wasmEngine, javascriptEngine, nobleEngine];

const MIB = 1_048_576;
const LARGE_BYTES = 1024 * MIB;
/** Of `LARGE_BYTES` of the vectors' pattern, by b3sum and by `fsverity digest --compact`. */
const LARGE_DIGESTS = {
  blake3: 'fdd1b11e6c414398802ad14ccc876ac57f2859595cc9723b5e997b395e87166b',
  'sha256-fsverity': 'd20e21e50fab1c8bbfe43bef00978bdb7fb6099c2e96aa21e9f48703c02fd247',
};
/** What a runtime's own housekeeping may add meanwhile: a sixteenth of the input. */
const MEMORY_BYTES = 64 * MIB;

/**
 * What must hold of `@vram-residency/seal-crypto` wherever it runs.
 *
 * @param {Vectors} vectors
 * @returns {Check[]}
 */
export function sealCryptoChecks(vectors) {
  const vectorChecks = ENGINES.flatMap((engine) =>
    engine.algorithms.map((algorithm) => ({
      name: `seal-crypto: ${algorithm} by ${engine.name}, all vectors`,
      run: () => digestsAll(engine, algorithm, vectors),
    })),
  );
  const streams = /** @type {const} */ (['blake3', 'sha256-fsverity']).map((algorithm) => ({
    name: `seal-crypto: ${algorithm} of a stream of 1 GiB in fixed memory`,
    run: (/** @type {import('./check.mjs').RuntimeAccess} */ { residentBytes }) =>
      digestsLargeStream(algorithm, residentBytes),
  }));
  return [
    { name: 'seal-crypto: the fastest engine runs, and any can be forbidden', run: forbidsEngines },
    ...vectorChecks,
    ...streams,
    { name: 'seal-crypto: seals, all vectors', run: () => signsAll(vectors.seals) },
  ];
}

/**
 * @param {DigestEngine} engine
 * @param {DigestAlgorithm} algorithm
 * @param {Vectors} vectors
 */
function digestsAll(engine, algorithm, { digests }) {
  const engines = new DigestEngines([engine]);
  for (const { length, [algorithm]: expected } of digests) {
    const hasher = engines.createHasher(algorithm);
    for (const piece of patternPieces(length)) hasher.update(piece);
    assertEqual(toHex(hasher.digest()), expected, `the digest of ${length} bytes`);
  }
}

/**
 * @param {'blake3' | 'sha256-fsverity'} algorithm
 * @param {() => number | Promise<number>} residentBytes
 */
async function digestsLargeStream(algorithm, residentBytes) {
  let least = Infinity;
  let most = 0;
  async function* source() {
    let pieces = 0;
    for (const piece of patternPieces(LARGE_BYTES)) {
      yield piece;
      pieces += 1;
      if (pieces % 64 !== 0) continue;
      const resident = await residentBytes();
      least = Math.min(least, resident);
      most = Math.max(most, resident);
    }
  }
  const { digest, sizeBytes } = await defaultEngines().digestStream(algorithm, source());
  assertEqual(sizeBytes, LARGE_BYTES, 'the size of the stream');
  assertEqual(toHex(digest), LARGE_DIGESTS[algorithm], 'the digest of the stream');
  if (!(least > 0 && most - least < MEMORY_BYTES)) {
    throw new Error(`Memory went from ${least} to ${most} bytes`);
  }
}

function forbidsEngines() {
  const running = (/** @type {string[]} */ ...forbidden) =>
    defaultEngines()
      .forbidding(...forbidden)
      .engineInfo()
      .map(({ engine = null }) => engine);
  assertEqual(
    DIGEST_ALGORITHMS,
    /** @satisfies {DigestAlgorithm[]} */ (['blake3', 'sha256-fsverity', 'sha256']),
    'the algorithms',
  );
  assertEqual(running(), ['wasm', 'wasm', 'wasm'], 'the engines');
  assertEqual(running('wasm'), ['javascript', 'noble', 'noble'], 'the engines without wasm');
  assertEqual(running('wasm', 'javascript'), ['noble', 'noble', 'noble'], 'the engines but noble');
  assertEqual(running('wasm', 'javascript', 'noble'), [null, null, null], 'the engines, all forbidden');
  const none = defaultEngines().forbidding('wasm', 'javascript', 'noble');
  assertThrows(() => none.digest('blake3', new Uint8Array(1)), 'UNSUPPORTED');
}

/** @param {readonly SealVector[]} seals */
function signsAll(seals) {
  for (const { token, fields: members, preimage, signature } of seals) {
    const fields = fieldsOf(members);
    const key = SealKey.derive(token, fields.workerId);
    assertEqual(toHex(sealPreimage(fields)), preimage, 'the preimage');
    const signed = key.sign(fields);
    assertEqual(toHex(signed), signature, 'the signature');
    const seal = parseSeal(JSON.stringify(serializeSeal({ fields, signature: signed })));
    assertEqual(key.verify(seal.fields, seal.signature), true, 'whether the seal verifies');
    const other = { ...seal.fields, vramBytes: seal.fields.vramBytes + 1 };
    assertEqual(key.verify(other, seal.signature), false, 'whether the seal of other fields verifies');
    key.destroy();
  }
}

/**
 * A vector's fields with their names in TypeScript.
 *
 * @param {Record<string, string | number>} members
 */
function fieldsOf(members) {
  const named = Object.entries(members).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
    value,
  ]);
  return /** @type {SealFields} */ (Object.fromEntries(named));
}
