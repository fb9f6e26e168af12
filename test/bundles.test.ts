import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundle } from './support/bundle.js';

// What a web page loads, if it uses everything of an entry. Text compresses as servers do it.

const { resolve } = createRequire(import.meta.url);

test.each([
  ['@vram-residency/audit-chain', 60_000, ['audit-chain', '@noble/hashes', '@noble/curves']],
  ['@vram-residency/audit-chain/report', 30_000, ['audit-chain', '@noble/hashes']],
  // Its WebAssembly module in base64 included, which is most of it.
  ['@vram-residency/seal-crypto', 80_000, ['seal-crypto', '@noble/hashes']],
] as const)('%s, bundled by Vite, has less than %i bytes and nothing of Node', async (entry, limit, from) => {
  const { code, modules } = await bundle(resolve(entry));
  const sizeBytes = gzipSync(code).length;
  expect(sizeBytes).toBeLessThan(limit);
  // Where code imports a module of Node, Vite puts an empty one of its own.
  expect(new Set(modules.map(packageOf))).toEqual(new Set(from));
  expect(code).not.toMatch(/\bimport\b|\brequire\(|\bnode:|browser-external/);
});

/** The package that a module lies in, or the module itself. */
function packageOf(module: string): string {
  const [, name] =
    /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module) ??
    /\/packages\/([^/]+)\/dist\/(?!node\/)/.exec(module) ??
    [];
  return name ?? module;
}
