// @ts-check
// `node native/wasm/build.mjs [--check]`: compiles the WebAssembly module of seal-crypto and writes it, as text, into that
// package; with --check compares it. The module repeats byte for byte under the pinned compiler only: with another one,
// or none, --check says so and compares nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PINNED = 'Debian clang version 14.0.6';
const NATIVE = fileURLToPath(new URL('..', import.meta.url));
const TARGET = fileURLToPath(
  new URL('../../packages/seal-crypto/src/wasm/digest-module.ts', import.meta.url),
);
const SOURCES = [
  'wasm/digest_module.cpp',
  'src/cpu/select.cpp',
  'src/digest.cpp',
  'src/hash/blake3_tree.cpp',
  'src/hash/chunks.cpp',
  'src/hash/fsverity_tree.cpp',
  'src/hash/scalar.cpp',
  'src/hash/sha256_stream.cpp',
  'src/hash/simd128.cpp',
];
const COMPILE = [
  '--target=wasm32',
  '-std=c++20',
  '-O2',
  '-DNDEBUG',
  '-ffreestanding',
  '-nostdinc++',
  '-fno-exceptions',
  '-fno-rtti',
  '-fno-threadsafe-statics',
  '-fvisibility=hidden',
  '-msimd128',
  '-mbulk-memory',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Iinclude',
  '-Isrc',
  '-Iwasm/include',
];
const LINK = [
  '--no-entry',
  '--gc-sections',
  '--strip-all',
  '--stack-first',
  '-z',
  'stack-size=131072',
  '--initial-memory=786432',
  '--max-memory=786432',
];

/** What `clang --version` begins with; nothing if there is no clang. */
function compiler() {
  const { stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
  return stdout?.split('\n')[0] ?? '';
}

/** The module's bytes. */
function build() {
  const scratch = mkdtempSync(join(tmpdir(), 'vram-wasm-'));
  try {
    const objects = SOURCES.map((source) => {
      const object = join(scratch, `${source.replaceAll('/', '_')}.o`);
      execFileSync('clang++', [...COMPILE, '-c', source, '-o', object], { cwd: NATIVE, stdio: 'inherit' });
      return object;
    });
    const module = join(scratch, 'digest.wasm');
    execFileSync('wasm-ld', [...LINK, ...objects, '-o', module], { stdio: 'inherit' });
    return readFileSync(module);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The package's source file that holds a module. */
function sourceFile(/** @type {Buffer} */ module) {
  return `// Made from native/ by native/wasm/build.mjs with ${PINNED}: ${module.length} bytes.

/** The WebAssembly module of the digests, in base64. */
export const DIGEST_MODULE =
  '${module.toString('base64')}';
`;
}

const found = compiler();
if (found !== PINNED) {
  console.log(`WebAssembly module not compared: it needs ${PINNED}, here is ${found || 'no clang'}`);
  if (process.argv[2] !== '--check') process.exitCode = 1;
} else {
  const text = sourceFile(build());
  if (process.argv[2] !== '--check') {
    writeFileSync(TARGET, text);
  } else if (readFileSync(TARGET, 'utf8') !== text) {
    console.error('The WebAssembly module is not that of the source: run node native/wasm/build.mjs');
    process.exitCode = 1;
  } else {
    console.log('WebAssembly module repeats byte for byte');
  }
}
