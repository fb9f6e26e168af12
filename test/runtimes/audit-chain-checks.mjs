// @ts-check
import {
  deriveRootKey,
  formatInclusionProof,
  formatVerifierKey,
  fromBytes,
  fromFiles,
  LocalSigner,
  nobleHashes,
  openCheckpoint,
  parseInclusionProof,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  query,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
  verifyRecord,
} from '@vram-residency/audit-chain';
import { fromHex, toHex } from '@vram-residency/seal-crypto';
import { assertEqual, assertThrows } from './check.mjs';
import { filesOf } from './vectors.mjs';

/** @import { HashProvider, LogSource, VerificationResult } from '@vram-residency/audit-chain' */
/** @import { Check } from './check.mjs' */
/** @import { LineVectors, LogVector, MerkleVectors, Vectors } from './vectors.mjs' */

/**
 * What must hold of `@vram-residency/audit-chain` wherever it runs.
 *
 * @param {Vectors} vectors
 * @returns {Check[]}
 */
export function auditChainChecks({ logs, lines, merkle }) {
  const judged = logs.map((log) => ({
    name: `audit-chain: judges the log ${log.name}`,
    run: async (/** @type {import('./check.mjs').RuntimeAccess} */ { pickLog }) => {
      await judges(log, fromBytes(filesOf(log)));
      await judges(log, fromFiles(await pickLog(log.name)));
    },
  }));
  const sound = /** @type {LogVector} */ (logs.find(({ name }) => name === 'ok-keyless'));
  return [
    ...judged,
    { name: 'audit-chain: proves and checks every record that is covered', run: () => provesRecords(sound) },
    { name: 'audit-chain: proves and checks consistency', run: () => provesConsistency(sound) },
    { name: 'audit-chain: checks the proofs of RFC 6962 trees', run: () => checksProofs(merkle) },
    { name: 'audit-chain: keys, MACs and leaves of every line', run: () => macsLines(lines) },
  ];
}

/**
 * @param {LogVector} log
 * @param {LogSource} source
 * @param {HashProvider} [hashes]
 */
export async function judges({ secret, vkey, anchor, ...log }, source, hashes = nobleHashes) {
  const result = await verifyLog(source, {
    hashes,
    ...(secret === null ? {} : { secret }),
    ...(vkey === null ? {} : { vkey }),
    ...(anchor === null ? {} : { anchors: [anchor] }),
  });
  const { status, exit_code, records, reasons, first_defect } = log;
  assertEqual(statedOf(result), { status, exit_code, records, reasons, first_defect }, 'the verdict');
}

/**
 * The part of a result that the vectors state, in their form.
 *
 * @param {VerificationResult} result
 */
function statedOf({ status, exitCode: exit_code, records, defects }) {
  const [first = null] = defects.map(({ reason, segment, line }) => ({ reason, segment, line }));
  const reasons = [...new Set(defects.map(({ reason }) => reason))].sort();
  return { status, exit_code, records, reasons, first_defect: first };
}

/** @param {LogVector} log */
async function provesRecords(log) {
  const source = fromBytes(filesOf(log));
  const vkey = /** @type {string} */ (log.vkey);
  /** @type {Uint8Array | undefined} */
  let before;
  let proven = 0;
  for await (const { record } of query(source)) {
    if (record.seq === log.records - 1) continue; // the last checkpoint, which nothing covers
    const { proof, line } = await proveInclusion(source, record.seq);
    const read = parseInclusionProof(formatInclusionProof(proof));
    assertEqual(verifyRecord(read, line, vkey).record.seq, record.seq, 'the proven record');
    const other = before ?? new Uint8Array(line.length);
    assertThrows(() => verifyRecord(read, other, vkey), 'INVALID_PROOF');
    before = line;
    proven += 1;
  }
  assertEqual(proven, log.records - 1, 'how many records were proven');
}

/** @param {LogVector} log */
async function provesConsistency(log) {
  const source = fromBytes(filesOf(log));
  const key = parseVerifierKey(/** @type {string} */ (log.vkey));
  let proven = 0;
  for await (const { record } of query(source, { type: 'checkpoint' })) {
    const older = openCheckpoint(/** @type {string} */ (record.members['note']), key);
    const { path, checkpoint } = await proveConsistency(source, older.treeSize);
    const newer = openCheckpoint(checkpoint, key);
    const [olderSize, newerSize] = [older.treeSize, newer.treeSize];
    verifyConsistency({ olderSize, olderRoot: older.rootHash, newerSize, newerRoot: newer.rootHash }, path);
    proven += 1;
  }
  if (proven < 3) throw new Error(`Only ${proven} checkpoints were proven`);
}

/** @param {MerkleVectors} merkle */
function checksProofs({ roots, inclusion, consistency }) {
  const root = (/** @type {number} */ size) => fromHex(/** @type {string} */ (roots[size]));
  for (const { index, size, proof } of inclusion) {
    const leaf = leafHash(utf8(`entry ${index}`));
    const statement = { index, treeSize: size, leaf, rootHash: root(size) };
    verifyInclusion(statement, proof.map(fromHex));
    const other = { ...statement, leaf: leafHash(utf8('another entry')) };
    assertThrows(() => verifyInclusion(other, proof.map(fromHex)), 'INVALID_PROOF');
  }
  for (const { from, to, proof } of consistency) {
    const statement = { olderSize: from, newerSize: to, olderRoot: root(from), newerRoot: root(to) };
    verifyConsistency(statement, proof.map(fromHex));
    const other = { ...statement, olderRoot: new Uint8Array(32) };
    assertThrows(() => verifyConsistency(other, proof.map(fromHex)), 'INVALID_PROOF');
  }
}

/** @param {LineVectors} vectors */
function macsLines({ secret, origin, signing_seed, skey, vkey, E0, E1, K0, lines, leaf_hashes }) {
  const mac = (/** @type {Uint8Array} */ key, /** @type {Uint8Array} */ message) =>
    nobleHashes.macKey(key).mac(message);
  const label = (/** @type {string} */ name) => utf8(`vram-residency/audit/v1/${name}`);
  const epochs = [deriveRootKey(secret, origin)];
  assertEqual(toHex(/** @type {Uint8Array} */ (epochs[0])), E0, 'E[0]');
  for (const [i, line] of lines.entries()) {
    const { epoch, mac: stated } = JSON.parse(line);
    while (epochs.length <= epoch) {
      epochs.push(mac(/** @type {Uint8Array} */ (epochs.at(-1)), label('next-epoch')));
    }
    const key = mac(/** @type {Uint8Array} */ (epochs[epoch]), label('mac-key'));
    if (epoch === 0) assertEqual(toHex(key), K0, 'K[0]');
    if (epoch === 1) assertEqual(toHex(/** @type {Uint8Array} */ (epochs[1])), E1, 'E[1]');
    assertEqual(toHex(mac(key, utf8(line).subarray(0, -74))), stated, `the MAC of line ${i}`);
    assertEqual(toHex(leafHash(utf8(line))), leaf_hashes[i], `the leaf of line ${i}`);
  }
  assertEqual(LocalSigner.format(origin, fromHex(signing_seed)), skey, 'the signing key');
  assertEqual(formatVerifierKey(parseVerifierKey(vkey)), vkey, 'the verifier key');
}

/** @param {Uint8Array} line */
function leafHash(line) {
  return nobleHashes.sha256(Uint8Array.of(0), line);
}

/** @param {string} text */
function utf8(text) {
  return new TextEncoder().encode(text);
}
