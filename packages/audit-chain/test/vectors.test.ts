import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../src/bytes.js';
import { nobleHashes } from '../src/hash/noble-hashes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { deriveRootKey, epochMacKey, nextEpochSecret } from '../src/keys/epoch-keys.js';
import { LocalSigner } from '../src/keys/signing-key.js';
import { formatVerifierKey, makeVerifierKey } from '../src/keys/verifier-key.js';
import { CompactTree } from '../src/merkle/compact-tree.js';
import { nodeHashes } from '../src/node/node-hashes.js';
import { decodeRecord } from '../src/record/decode.js';
import { encodeMembers, encodeRecord } from '../src/record/encode.js';
import type { LogRecord } from '../src/record/record.js';
import { fromBytes } from '../src/verify/log-source.js';
import { verifyLog } from '../src/verify/verify-log.js';

const folder = fileURLToPath(new URL('./vectors/', import.meta.url));
const load = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

interface Case {
  readonly name: string;
  readonly secret: string | null;
  readonly vkey: string | null;
  readonly anchor: string | null;
  readonly status: string;
  readonly exit_code: number;
  readonly records: number;
  readonly reasons: readonly string[];
  readonly first_defect: object | null;
}
const { cases }: { cases: Case[] } = load('logs/cases.json');
const lines = load('audit-lines.json');
const merkle: { roots: Record<string, string> } = load('merkle.json');

function logOf(name: string) {
  const directory = join(folder, 'logs', name);
  return fromBytes(
    new Map(readdirSync(directory).map((file) => [file, readFileSync(join(directory, file))])),
  );
}

describe.each([nobleHashes, nodeHashes].map((hashes) => [hashes.name, hashes] as const))(
  'with %s',
  (_, hashes) => {
    test.each(cases.map((vector) => [vector.name, vector] as const))(
      'judges the log %s',
      async (name, vector) => {
        const { secret, vkey, anchor } = vector;
        const result = await verifyLog(logOf(name), {
          hashes,
          ...(secret === null ? {} : { secret }),
          ...(vkey === null ? {} : { vkey }),
          ...(anchor === null ? {} : { anchors: [anchor] }),
        });
        expect({ status: result.status, exit: result.exitCode, records: result.records }).toEqual({
          status: vector.status,
          exit: vector.exit_code,
          records: vector.records,
        });
        const [first = null] = result.defects;
        expect(
          first === null ? null : { reason: first.reason, segment: first.segment, line: first.line },
        ).toEqual(vector.first_defect);
        expect([...new Set(result.defects.map(({ reason }) => reason))].sort()).toEqual(vector.reasons);
      },
    );

    test('writes the very lines of the vectors', () => {
      let secret = deriveRootKey(lines.secret, lines.origin);
      expect(toHex(secret)).toBe(lines.E0);
      let epoch = 0;
      const tree = new CompactTree(hashes);
      lines.lines.forEach((line: string, i: number) => {
        const { record, defect } = decodeRecord(Buffer.from(line));
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
        expect(toHex(leaf)).toBe(lines.leaf_hashes[i]);
        tree.append(leaf);
      });
      expect(toHex(tree.root())).toBe(lines.root_hash);
    });

    test('computes the roots of the vectors', () => {
      const tree = new CompactTree(hashes);
      for (const [size, root] of Object.entries(merkle.roots)) {
        while (tree.size < Number(size)) tree.append(leafHash(hashes, Buffer.from(`entry ${tree.size}`)));
        expect(toHex(tree.root())).toBe(root);
        expect(toHex(CompactTree.fromFrontier(hashes, tree.size, tree.frontier).root())).toBe(root);
      }
    });
  },
);

test('keys are written as in the vectors', () => {
  const seed = fromHex(lines.signing_seed, 32) as Uint8Array;
  expect(LocalSigner.format(lines.origin, seed)).toBe(lines.skey);
  expect(
    formatVerifierKey(makeVerifierKey(lines.origin, LocalSigner.parse(lines.skey, lines.origin).publicKey)),
  ).toBe(lines.vkey);
});
