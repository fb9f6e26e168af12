// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingNativeTools } from './native-tools.mjs';
import { packageManager, root } from './workspace.mjs';

/**
 * @typedef {object} Manifest the members of a package.json that the scripts read
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [exports] absent where there is nothing to import
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {{ os?: string[], cpu?: string[] }} [publishConfig] with `os`, the package has compiled code
 */

/**
 * @typedef {object} Package a package of this repository that is published
 * @property {string} directory
 * @property {Manifest} manifest
 */

/** @returns {readonly Package[]} every package that is published */
export function publishedPackages() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/**
 * Why a package cannot be packed on this machine: its compiled code is built for it at that moment.
 *
 * @param {Manifest} manifest
 * @returns {string | undefined} undefined if it can
 */
export function whyUnpackable({ publishConfig: { os, cpu } = {} }) {
  if (os === undefined || cpu === undefined) return undefined;
  if (!os.includes(process.platform) || !cpu.includes(process.arch)) return `it is built on ${os} ${cpu}`;
  const missing = missingNativeTools();
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not found`;
}

/**
 * Packs every published package that this machine can build, as `pnpm publish` would.
 *
 * @param {string} folder where the tarballs go; made if need be
 * @returns {readonly (Package & { readonly tarball: string })[]}
 */
export function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const all = publishedPackages();
  const packable = all.filter(({ manifest }) => whyUnpackable(manifest) === undefined);
  const filters = packable.flatMap(({ manifest }) => ['--filter', manifest.name]);
  const args = ['--yes', packageManager, ...filters, 'pack', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`pnpm pack failed:\n${stdout}${stderr}`);
  return packable.map(({ directory, manifest }) => {
    const { name, version } = manifest;
    const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    if (!existsSync(tarball)) throw new Error(`pnpm pack wrote no tarball of ${name}`);
    return { directory, manifest, tarball };
  });
}

/**
 * @param {string} directory
 * @returns {Manifest}
 */
function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}
