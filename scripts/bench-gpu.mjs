// @ts-check
// `pnpm bench:gpu [--small]`: measures device 0, prints tables and writes `bench/results/gpu-*.json`. Says `not run` and exits
// with 77 where there is no GPU. Over a stand-in for the driver (VRAM_RESIDENCY_CUDA_DRIVER) it is a rehearsal whose results
// mean nothing and are not kept.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setUp } from './lib/workspace.mjs';

const NOTHING_RAN = 77;

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
setUp();
for (const args of [
  ['--preset', 'gpu'],
  ['--build', '--preset', 'gpu', '--target', 'vram_bench_gpu', '--parallel', String(cpus().length)],
]) {
  const { status, stdout, stderr } = spawnSync('cmake', args, {
    cwd: join(root, 'native'),
    encoding: 'utf8',
  });
  if (status === 0) continue;
  process.stderr.write(`${stdout ?? ''}${stderr ?? 'cmake was not found'}`);
  process.exit(1);
}
const out = values.small ? ['--small'] : ['--out', join(root, 'bench/results')];
for (const name of ['digest.mjs', 'seal.mjs']) {
  const { status } = spawnSync(process.execPath, [join(root, 'bench/gpu', name), ...out], {
    stdio: 'inherit',
  });
  if (status === NOTHING_RAN) process.exitCode = NOTHING_RAN;
  else if (status !== 0) process.exitCode = 1;
}
