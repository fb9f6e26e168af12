// @ts-check
// Builds the addon, and with it the stand-in driver for the tests, where there is a C++ compiler and CMake. Downloads nothing:
// Node's headers come from the package node-api-headers.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const missing = ['cmake', 'c++'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
if (missing.length > 0) {
  console.log(`The CUDA addon was not built: ${missing.join(' and ')} not found.`);
} else {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const args = [
    'compile',
    '--directory',
    folder,
    '--out',
    `${folder}build`,
    '--CDVRAM_TESTS=ON',
    '--log-level',
    'warn',
  ];
  const { status, error, stdout } = spawnSync(process.execPath, [cmakeJs, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(stdout ?? '');
    console.error(`The CUDA addon could not be built${error === undefined ? '' : `: ${error.message}`}`);
    process.exitCode = 1;
  }
}
