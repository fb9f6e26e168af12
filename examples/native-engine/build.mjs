// @ts-check
// Builds the addon: needs CMake and a C compiler, and downloads nothing.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('.', import.meta.url));
const header = require.resolve('@vram-residency/cuda-backend/include/vram/external.h');
const args = [
  require.resolve('cmake-js/bin/cmake-js'),
  'compile',
  '--directory',
  folder,
  '--out',
  `${folder}build`,
  `--CDVRAM_INCLUDE=${dirname(dirname(header))}`,
  '--log-level',
  'warn',
];
const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
if (status !== 0) {
  process.stderr.write(`${stdout}${stderr}`);
  process.exitCode = 1;
}
