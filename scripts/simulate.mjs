// @ts-check
// `pnpm simulate [--seed N] [--minutes M]`: random lives of a log, each decided by its seed; a failure prints that of its own.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './lib/workspace.mjs';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'), // pnpm passes it on, npm does not
  options: { seed: { type: 'string' }, minutes: { type: 'string', default: '2' } },
});
const env = {
  ...process.env,
  AUDIT_CHAIN_SIMULATION_SECONDS: String(60 * Number(values.minutes)),
  ...(values.seed !== undefined && { AUDIT_CHAIN_SEED: values.seed }),
};
const args = ['vitest', 'run', '--project', 'audit-chain', 'simulation'];
const { status } = spawnSync('npx', ['--no-install', ...args], { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
