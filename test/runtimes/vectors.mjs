// @ts-check
/**
 * The vectors of both packages as one JSON text carries them.
 *
 * @typedef {object} Vectors
 * @property {readonly DigestVector[]} digests
 * @property {readonly SealVector[]} seals
 * @property {readonly LogVector[]} logs
 * @property {LineVectors} lines
 * @property {MerkleVectors} merkle
 *
 * @typedef {{ length: number } & Record<import('@vram-residency/seal-crypto').DigestAlgorithm, string>} DigestVector
 * @typedef {{ token: string, seal_key: string, fields: Record<string, string | number>, preimage: string, signature: string }} SealVector
 * @typedef {{ index: number, size: number, proof: string[] }} InclusionVector
 * @typedef {{ from: number, to: number, proof: string[] }} ConsistencyVector
 * @typedef {{ roots: Record<string, string>, inclusion: InclusionVector[], consistency: ConsistencyVector[] }} MerkleVectors
 *
 * @typedef {object} LineVectors every line of one log, with its keys, leaf hashes and root
 * @property {string} secret
 * @property {string} origin
 * @property {string} signing_seed
 * @property {string} skey
 * @property {string} vkey
 * @property {string} E0
 * @property {string} K0
 * @property {string} E1
 * @property {string[]} lines
 * @property {string[]} leaf_hashes
 * @property {string} root_hash
 *
 * @typedef {object} LogVector a log and how it must be judged
 * @property {string} name
 * @property {Record<string, string>} files base64 of each file, by its name
 * @property {string | null} secret
 * @property {string | null} vkey
 * @property {string | null} anchor
 * @property {string} status
 * @property {number} exit_code
 * @property {number} records
 * @property {string[]} reasons
 * @property {object | null} first_defect
 */

/**
 * @param {LogVector} log
 * @returns {Map<string, Uint8Array<ArrayBuffer>>}
 */
export function filesOf({ files }) {
  return new Map(
    Object.entries(files).map(([name, base64]) => [
      name,
      Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    ]),
  );
}

/** Remainder by which the bytes of the digests' inputs repeat. */
const PERIOD = 251;
const PIECE_BYTES = 1_048_576;
const REPEATED = Uint8Array.from({ length: PIECE_BYTES + PERIOD }, (_, i) => i % PERIOD);

/**
 * The input of the digest vectors, whose byte i is i mod 251, in pieces of at most 1 MiB; the memory of all is the same.
 *
 * @param {number} sizeBytes
 * @returns {Generator<Uint8Array>}
 */
export function* patternPieces(sizeBytes) {
  for (let start = 0; start < sizeBytes; start += PIECE_BYTES) {
    const offset = start % PERIOD;
    yield REPEATED.subarray(offset, offset + Math.min(PIECE_BYTES, sizeBytes - start));
  }
}
