// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageManager, root } from './workspace.mjs';

/**
 * @typedef {object} Manifest the members of a package.json that the scripts read
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 */

/**
 * @typedef {object} Package a package of this repository that is published
 * @property {string} directory
 * @property {Manifest} manifest
 */

/** @returns {readonly Package[]} every package that is published */
function publishedPackages() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/**
 * Packs every published package as `pnpm publish` would.
 *
 * @param {string} folder where the tarballs go; made if need be
 * @returns {readonly (Package & { readonly tarball: string })[]}
 */
export function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const args = ['--yes', packageManager, '--filter', './packages/*', 'pack', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`pnpm pack failed:\n${stdout}${stderr}`);
  return publishedPackages().map(({ directory, manifest }) => {
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
