// @ts-check
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Copies installed packages and all that they depend on into one flat `node_modules`. Of the repository's own packages only
 * what is published of them and what they built goes along.
 *
 * @param {readonly string[]} names
 * @param {string} from a folder that has them installed
 * @param {string} target the new `node_modules`
 */
export function copyPackages(names, from, target) {
  /** @type {Map<string, string>} */
  const copied = new Map();
  const wanted = names.map((name) => ({ name, from }));
  for (const next of wanted) {
    const directory = findPackage(next.name, next.from);
    if (copied.has(next.name)) {
      if (copied.get(next.name) !== directory) throw new Error(`${next.name} is needed in two versions`);
      continue;
    }
    copied.set(next.name, directory);
    copyPackage(directory, join(target, next.name));
    const { dependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) wanted.push({ name, from: directory });
  }
}

/**
 * @param {string} name
 * @param {string} from
 * @returns {string}
 */
function findPackage(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed`);
  }
}

/**
 * @param {string} directory
 * @param {string} target
 */
function copyPackage(directory, target) {
  const isOurs = !directory.includes('/node_modules/');
  mkdirSync(target, { recursive: true });
  if (!isOurs) {
    cpSync(directory, target, { recursive: true });
    return;
  }
  for (const part of ['package.json', 'dist']) {
    cpSync(join(directory, part), join(target, part), {
      recursive: true,
      filter: (path) => !/\.(?:map|d\.ts|tsbuildinfo)$|\.test\.js$/.test(path),
    });
  }
}
