// @ts-check
// Builds the addon where there are a C++ compiler and CMake. Downloads nothing: Node's headers come from the package
// node-api-headers.
//
//   build-addon.mjs            for this repository, with the stand-in driver for its tests
//   build-addon.mjs --release  as it is published, into the package for this platform
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { missingNativeTools } from '../../../scripts/lib/native-tools.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const ADDON = 'Release/vram_residency_cuda.node';
const PLATFORM_PACKAGE = fileURLToPath(new URL('../../cuda-backend-linux-x64-gnu', import.meta.url));

const release = process.argv.includes('--release');
const missing = missingNativeTools();
if (missing.length > 0) {
  console.error(`The CUDA addon was not built: ${missing.join(' and ')} not found.`);
  // Without it everything but the backend works; but a package without it must not be published.
  process.exitCode = release ? 1 : 0;
} else if (release) {
  build(`${folder}build/publish`, ['--CDVRAM_RELEASE=ON']);
} else {
  build(`${folder}build`, ['--CDVRAM_TESTS=ON']);
}

/**
 * @param {string} out
 * @param {readonly string[]} definitions
 */
function build(out, definitions) {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const args = [cmakeJs, 'compile', '--directory', folder, '--out', out, ...definitions];
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    console.error(`The CUDA addon could not be built${error === undefined ? '' : `: ${error.message}`}`);
    process.exitCode = 1;
    return;
  }
  if (!release) return;
  copyFileSync(`${out}/${ADDON}`, `${PLATFORM_PACKAGE}/vram_residency_cuda.node`);
  // On the error stream, for pnpm reads the output of scripts while it packs.
  console.error(/Kernels: .*/.exec(`${stdout}${stderr}`)?.[0]);
}
