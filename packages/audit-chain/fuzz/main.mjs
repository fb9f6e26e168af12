// @ts-check
// `node packages/audit-chain/fuzz/main.mjs [--seconds N] [--seed N] [--small]`: feeds all readers of the log with inputs that
// are nearly right, and verifies logs made to exhaust the verifier. Nothing may crash, hang or grow.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hostileLogs } from './hostile-logs.mjs';
import { targets } from './targets.mjs';

/** After this time over its own a process hangs; the largest log takes a few minutes on a busy machine. */
const PATIENCE_SECONDS = 900;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' }, // for all targets together
    seed: { type: 'string', default: String(randomInt(2 ** 31 - 2 ** 20)) },
    small: { type: 'boolean', default: false }, // hostile logs of a hundredth of their size
  },
});
const seconds = Number(values.seconds) / targets.length;
const scale = values.small ? 0.01 : 1;
console.log(`seed ${values.seed}`);
const program = fileURLToPath(new URL('./run-one.mjs', import.meta.url));
const names = [...targets, ...hostileLogs].map(({ name }) => name);
const failed = names.filter((name) => {
  const args = [program, name, String(seconds), values.seed, String(scale)];
  const timeout = (seconds + PATIENCE_SECONDS) * 1000;
  const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit', timeout });
  if (signal !== null) console.error(`${name}: ended by ${signal} after ${timeout / 1000} s`);
  return status !== 0;
});
for (const name of failed) console.error(`FAILED: ${name}, with --seed ${values.seed}`);
console.log(`fuzz: ${names.length} readers and logs, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
