// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

/**
 * Runs a command in the workspace with its output shown; ends this process if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) {
    console.error(`${command} cannot be run: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Runs pnpm at the version that package.json pins, without installing it.
 *
 * @param {string[]} args
 */
export function pnpm(args) {
  run('npx', ['--yes', packageManager, ...args]);
}

/** Installs the dependencies and builds all packages; both do nothing where nothing changed. */
export function setUp() {
  pnpm(['install', '--frozen-lockfile', '--reporter=silent']);
  pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only']);
}
