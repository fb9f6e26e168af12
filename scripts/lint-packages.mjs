// @ts-check
// `node scripts/lint-packages.mjs publint|attw`: packs every published package and judges the tarballs with that tool.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll, publishedPackages, whyUnpackable } from './lib/packages.mjs';

/** @typedef {ReturnType<typeof packAll>[number]} Packed */

/**
 * @param {Packed} packed
 * @returns {Promise<readonly string[]>} what is wrong
 */
async function withPublint({ tarball }) {
  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true, level: 'suggestion' });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/**
 * The packages are ESM only, so `require` from before Node 20.19 and the resolution of TypeScript's `node10` are not
 * asked for; every entry point must be named in what the tool prints.
 *
 * @param {Packed} packed
 * @returns {Promise<readonly string[]>} what is wrong
 */
async function withAttw({ tarball, manifest }) {
  const attw = join(
    dirname(fileURLToPath(import.meta.resolve('@arethetypeswrong/cli/package.json'))),
    'dist/index.js',
  );
  const paths = Object.keys(manifest.exports ?? {});
  // Headers have no types.
  const headers = paths.filter((path) => path.endsWith('.h'));
  const args = [attw, tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'];
  if (headers.length > 0) args.push('--exclude-entrypoints', ...headers);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const unnamed = paths
    .filter((path) => !headers.includes(path))
    .map((path) => `"${join(manifest.name, path)}"`)
    .filter((entry) => !stdout.includes(entry));
  if (status === 0 && unnamed.length === 0) return [];
  return [...unnamed.map((entry) => `${entry} was not judged`), `${stdout}${stderr}`];
}

const judges = new Map([
  ['publint', withPublint],
  ['attw', withAttw],
]);
const [tool = ''] = process.argv.slice(2);
const judge = judges.get(tool);
if (judge === undefined) throw new RangeError(`Expected one of ${[...judges.keys()].join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'vram-residency-lint-'));
let wrong = 0;
try {
  const all = packAll(folder);
  // Without anything to import there are no types to judge.
  const packages = tool === 'attw' ? all.filter(({ manifest }) => manifest.exports !== undefined) : all;
  for (const packed of packages) {
    const problems = await judge(packed);
    console.log(`${tool}: ${packed.manifest.name}: ${problems.length === 0 ? 'good' : problems.join('\n')}`);
    wrong += problems.length === 0 ? 0 : 1;
  }
  for (const { manifest } of publishedPackages()) {
    const why = whyUnpackable(manifest);
    if (why !== undefined) console.log(`${tool}: ${manifest.name}: not run: ${why}`);
  }
  console.log(`${tool}: ${packages.length} packages judged, ${wrong} with problems`);
  if (packages.length === 0 || wrong > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
