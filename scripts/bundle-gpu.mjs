// @ts-check
// `pnpm bundle:gpu [-- FILE]`: makes one archive with which a bare machine that has an NVIDIA driver runs the GPU suite and its
// benchmark: Node, the built packages, the addons, the native programs, and `run`. Default: vram-residency-gpu.tar.gz.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { copyPackages } from './lib/copy-packages.mjs';
import { root, setUp } from './lib/workspace.mjs';

const NAME = 'vram-residency-gpu';
/** What a machine that is lent for a GPU takes. */
const MOST_BYTES = 64 * 2 ** 20;

const PACKAGES = [
  '@vram-residency/audit-chain',
  '@vram-residency/cuda-backend',
  '@vram-residency/device',
  '@vram-residency/policy',
  '@vram-residency/seal-crypto',
  'vram-residency',
];
const FILES = [
  'bench/gpu',
  'LICENSE',
  'native/build/gpu/bench/vram_bench_gpu',
  'native/build/gpu/test/gpu/gpu_test',
  'package.json',
  'packages/core/bench/support/manager.mjs',
  'scripts/lib/benchmark.mjs',
  'scripts/lib/workspace.mjs',
  'test/gpu',
];
const ADDONS = ['vram_residency_cuda.node', 'store_kernel.node'];
/** The command by which the audit log locks its folder. */
const FLOCK = '/usr/bin/flock';
/** A bare machine may lack them: Node and the programs are linked to them. */
const LIBRARIES = ['libstdc++.so.6', 'libgcc_s.so.1'];

const [out = `${NAME}.tar.gz`] = process.argv.slice(2);
const archive = resolve(process.env['INIT_CWD'] ?? '.', out);
setUp();
run('cmake', ['--preset', 'gpu'], join(root, 'native'));
const targets = ['--target', 'gpu_test', 'vram_bench_gpu'];
run(
  'cmake',
  ['--build', '--preset', 'gpu', ...targets, '--parallel', String(cpus().length)],
  join(root, 'native'),
);

const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-bundle-'));
try {
  fill(join(scratch, NAME));
  run('tar', ['--create', '--use-compress-program', 'gzip -9', '--file', archive, NAME], scratch);
} finally {
  rmSync(scratch, { recursive: true });
}
const { size } = statSync(archive);
console.log(`${archive}: ${(size / 2 ** 20).toFixed(1)} MiB`);
if (size >= MOST_BYTES) {
  console.error(`The archive is larger than the ${MOST_BYTES / 2 ** 20} MiB that are allowed`);
  process.exitCode = 1;
}

/** @param {string} folder */
function fill(folder) {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  for (const file of FILES) cpSync(join(root, file), join(folder, file), { recursive: true });
  copyPackages(PACKAGES, root, join(folder, 'node_modules'));
  const built = 'build/Release';
  for (const addon of ADDONS) {
    cpSync(
      join(root, 'packages/cuda-backend', built, addon),
      join(folder, 'node_modules/@vram-residency/cuda-backend', built, addon),
    );
  }
  cpSync(join(root, 'scripts/gpu-bundle/run'), join(folder, 'run'));
  cpSync(FLOCK, join(folder, 'bin/flock'));
  const node = realpathSync(process.execPath);
  run('strip', ['-o', join(folder, 'node'), node], folder);
  chmodSync(join(folder, 'node'), 0o755);
  for (const path of linkedLibraries(node)) cpSync(realpathSync(path), join(folder, 'lib', basename(path)));
}

/**
 * Where the system has those of LIBRARIES that a program is linked to.
 *
 * @param {string} program
 */
function linkedLibraries(program) {
  return [...run('ldd', [program], dirname(program)).matchAll(/^\s*(\S+) => (\/\S+)/gm)].flatMap(
    ([, name = '', path = '']) => (LIBRARIES.includes(name) ? [path] : []),
  );
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
