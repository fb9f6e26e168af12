import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vectors } from '../runtimes/vectors.mjs';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const load = (name: string) => JSON.parse(readFileSync(join(packages, name), 'utf8'));
const base64 = (path: string) => readFileSync(path).toString('base64');

/** Where the files of a log of the vectors lie. */
export function logFolder(name: string): string {
  return join(packages, 'audit-chain/test/vectors/logs', name);
}

/** The vectors of seal-crypto and audit-chain, as one value of JSON. */
export const conformanceVectors: Vectors = {
  digests: load('seal-crypto/test/vectors/digests.json').cases,
  seals: load('seal-crypto/test/vectors/seals.json').cases,
  lines: load('audit-chain/test/vectors/audit-lines.json'),
  merkle: load('audit-chain/test/vectors/merkle.json'),
  logs: load('audit-chain/test/vectors/logs/cases.json').cases.map((vector: { readonly name: string }) => ({
    ...vector,
    files: filesIn(logFolder(vector.name)),
  })),
};

function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, base64(join(folder, name))]));
}
