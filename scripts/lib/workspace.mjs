// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The package manager as package.json pins it, for `npx`. @type {string} */
export const packageManager = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).packageManager;

/** Tools of the set-up report nothing to their makers, and do not ask for updates. */
const QUIET = { DO_NOT_TRACK: '1', TURBO_TELEMETRY_DISABLED: '1', NO_UPDATE_NOTIFIER: '1' };

/**
 * Runs pnpm at the version that package.json pins, without installing it. Shows what it printed and ends this process if
 * it fails.
 *
 * @param {readonly string[]} args
 */
function pnpm(args) {
  const { status, error, stdout, stderr } = spawnSync('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, ...QUIET },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(
    `Setting up failed at: pnpm ${args.join(' ')}${error === undefined ? '' : `: ${error.message}`}`,
  );
  process.exit(1);
}

/** Installs the dependencies and builds all packages; both do nothing where nothing changed. */
export function setUp() {
  console.log('Setting up: installing dependencies and compiling, where anything changed …');
  pnpm(['install', '--frozen-lockfile', '--reporter=append-only']);
  pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only']);
  // Everything but the CUDA backend works without its addon; the backend's tests tell where it should be there and is not.
  spawnSync(process.execPath, [`${root}/packages/cuda-backend/scripts/build-addon.mjs`], {
    stdio: 'inherit',
  });
}
