import { describe, expect, test } from 'vitest';
import { fromHex, toHex, utf8 } from '../src/bytes.js';
import { nobleHashes } from '../src/hash/noble-hashes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { deriveRootKey, epochMacKey, nextEpochSecret } from '../src/keys/epoch-keys.js';
import { LocalSigner } from '../src/keys/signing-key.js';
import { formatVerifierKey, makeVerifierKey } from '../src/keys/verifier-key.js';
import { CompactTree } from '../src/merkle/compact-tree.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { consistencyRanges, inclusionRanges, type SubtreeRange } from '../src/proof/subtree-range.js';
import { SubtreeRoots } from '../src/proof/subtree-roots.js';
import { decodeRecord } from '../src/record/decode.js';
import { encodeMembers, encodeRecord } from '../src/record/encode.js';
import type { LogRecord } from '../src/record/record.js';
import { fromBytes } from '../src/source/from-bytes.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { plainVerify } from './oracle/plain-verifier.js';
import { lineVectors, logCases, logFiles, merkleVectors, optionsOf, stated, VECTORS } from './vectors.js';

const byName = logCases.map((vector) => [vector.name, vector] as const);

describe.each([nobleHashes, nodeHashes].map((hashes) => [hashes.name, hashes] as const))(
  'with %s',
  (_, hashes) => {
    test.each(byName)('judges the log %s', async (name, vector) => {
      const result = await verifyLog(fromBytes(logFiles(name)), { ...optionsOf(vector), hashes });
      expect(vector).toMatchObject(stated(result));
    });

    test('writes the very lines of the vectors', () => {
      let secret = deriveRootKey(lineVectors.secret, lineVectors.origin);
      expect(toHex(secret)).toBe(lineVectors.E0);
      let epoch = 0;
      const tree = new CompactTree(hashes);
      for (const [i, line] of lineVectors.lines.entries()) {
        const { record, defect } = decodeRecord(utf8(line));
        expect(defect).toBeUndefined();
        const { members, mac, ...body } = record as LogRecord;
        for (; epoch < body.epoch; epoch++) secret = nextEpochSecret(hashes, secret);
        const written = encodeRecord(
          { ...body, membersJson: encodeMembers(members) },
          epochMacKey(hashes, secret),
        );
        expect(Buffer.from(written).toString()).toBe(`${line}\n`);
        expect(mac).toHaveLength(64);
        const leaf = leafHash(hashes, written.subarray(0, -1));
        expect(toHex(leaf)).toBe(lineVectors.leaf_hashes[i]);
        tree.append(leaf);
      }
      expect(toHex(tree.root())).toBe(lineVectors.root_hash);
    });

    test('computes the roots of the vectors', () => {
      const tree = new CompactTree(hashes);
      for (const [size, root] of Object.entries(merkleVectors.roots)) {
        while (tree.size < Number(size)) tree.append(leafHash(hashes, utf8(`entry ${tree.size}`)));
        expect(toHex(tree.root())).toBe(root);
        expect(toHex(CompactTree.fromFrontier(hashes, tree.size, tree.frontier).root())).toBe(root);
      }
    });

    test('makes the proofs of the vectors', () => {
      const proof = (ranges: readonly SubtreeRange[], size: number): string[] | undefined => {
        const subtrees = SubtreeRoots.from(hashes, ranges, 0, []);
        for (let i = 0; i < size; i++) subtrees?.append(leafHash(hashes, utf8(`entry ${i}`)));
        return subtrees?.roots()?.map(toHex);
      };
      for (const vector of merkleVectors.inclusion) {
        expect(proof(inclusionRanges(vector.index, vector.size), vector.size)).toEqual(vector.proof);
      }
      for (const vector of merkleVectors.consistency) {
        expect(proof(consistencyRanges(vector.from, vector.to), vector.to)).toEqual(vector.proof);
      }
    });
  },
);

test.each(byName)('the log %s, opened from its directory, is judged the same', async (name, vector) => {
  const result = await verifyLog(await openLog(`${VECTORS}logs/${name}`), {
    ...optionsOf(vector),
    hashes: nodeHashes,
  });
  expect(vector).toMatchObject(stated(result));
});

test.each(byName)('the plain verifier judges the log %s', (name, vector) => {
  const { status, records, defects } = plainVerify(logFiles(name), optionsOf(vector));
  expect(vector).toMatchObject(stated({ status, exitCode: vector.exit_code, records, defects }));
});

test('keys are written as in the vectors', () => {
  const { origin, skey, vkey, signing_seed: seed } = lineVectors;
  expect(LocalSigner.format(origin, fromHex(seed, 32) as Uint8Array)).toBe(skey);
  expect(formatVerifierKey(makeVerifierKey(origin, LocalSigner.parse(skey, origin).publicKey))).toBe(vkey);
});
