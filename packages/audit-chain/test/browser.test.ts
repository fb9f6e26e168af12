import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type * as AuditChain from '../src/index.js';
import { type LogCase, logCases, logFiles, optionsOf, stated } from './vectors.js';

const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url));
// For browsers: an import of anything of Node's fails to build.
const { outputFiles, metafile } = await build({
  entryPoints: [entry],
  bundle: true,
  platform: 'browser',
  format: 'iife',
  globalName: 'auditChain',
  write: false,
  metafile: true,
});

/** A realm with what browsers have and this package uses, and nothing of Node. */
const realm = createContext({
  TextEncoder,
  TextDecoder,
  atob,
  btoa,
  crypto,
  AbortSignal,
  setTimeout,
});
runInContext(`${outputFiles[0]?.text}; globalThis.auditChain = auditChain`, realm);
const auditChain = realm['auditChain'] as typeof AuditChain;

test('the bundle takes in nothing but this package and noble', () => {
  const packages = Object.keys(metafile.inputs).map((path) =>
    path.includes('node_modules') ? path.replace(/.*node_modules\/(@[^/]+\/[^/]+).*/, '$1') : 'own',
  );
  expect(new Set(packages)).toEqual(new Set(['own', '@noble/hashes', '@noble/curves']));
  expect(Object.keys(metafile.inputs).filter((path) => /\/dist\/(node|cli)\//.test(path))).toEqual([]);
});

describe('in a realm without Node', () => {
  test.each(logCases.map((vector): [string, LogCase] => [vector.name, vector]))(
    'judges the log %s from picked files',
    async (name, vector) => {
      const files = [...logFiles(name)].map(([file, bytes]) => new File([new Uint8Array(bytes)], file));
      const result = await auditChain.verifyLog(auditChain.fromFiles(files), optionsOf(vector));
      expect(vector).toMatchObject(stated(result));
    },
  );

  test('queries, proves and checks a proof', async () => {
    const source = auditChain.fromBytes(logFiles('ok-keyless'));
    const found = [];
    for await (const { record } of auditChain.query(source, { type: 'vram_sealed', limit: 2 }))
      found.push(record);
    expect(found).toHaveLength(2);
    const seq = found[1]?.seq as number;
    const { proof, line } = await auditChain.proveInclusion(source, seq);
    const vkey = logCases.find(({ name }) => name === 'ok-keyless')?.vkey as string;
    const read = auditChain.parseInclusionProof(auditChain.formatInclusionProof(proof));
    expect(auditChain.verifyRecord(read, line, vkey).record.seq).toBe(seq);
  });
});
