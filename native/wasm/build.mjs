// @ts-check
// `node native/wasm/build.mjs [--check]`: compiles the WebAssembly modules of seal-crypto and writes them, as text, into that
// package; with --check compares them. They repeat byte for byte under the pinned compiler only: with another one, or none,
// --check says so and compares nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PINNED = 'Debian clang version 14.0.6';
const NATIVE = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../packages/seal-crypto/src/wasm/', import.meta.url));

/** The modules: what each is made of, and the bytes of its memory. */
const MODULES = [
  {
    what: 'the digests',
    target: 'digest-module.ts',
    constant: 'DIGEST_MODULE',
    sources: [
      'wasm/digest_module.cpp',
      'src/cpu/select.cpp',
      'src/digest.cpp',
      'src/hash/blake3_tree.cpp',
      'src/hash/chunks.cpp',
      'src/hash/fsverity_tree.cpp',
      'src/hash/scalar.cpp',
      'src/hash/sha256_stream.cpp',
      'src/hash/simd128.cpp',
    ],
    memoryBytes: 786_432,
  },
  {
    what: 'the log’s records',
    target: 'record-module.ts',
    constant: 'RECORD_MODULE',
    sources: [
      'wasm/record_module.cpp',
      'wasm/memory.cpp',
      'src/cpu/select.cpp',
      'src/messages.cpp',
      'src/hash/blake3_tree.cpp',
      'src/hash/scalar.cpp',
      'src/hash/sha256_stream.cpp',
      'src/hash/simd128.cpp',
      'src/record/json_profile.cpp',
      'src/record/json_string.cpp',
      'src/record/member_names.cpp',
      'src/record/timestamp.cpp',
      'src/record_hashes.cpp',
      'src/records.cpp',
    ],
    memoryBytes: 6_684_672,
  },
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
const LINK = ['--no-entry', '--gc-sections', '--strip-all', '--stack-first', '-z', 'stack-size=131072'];

/** What `clang --version` begins with; nothing if there is no clang. */
function compiler() {
  const { stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
  return stdout?.split('\n')[0] ?? '';
}

/**
 * A module's bytes.
 *
 * @param {(typeof MODULES)[number]} module
 */
function build({ sources, memoryBytes }) {
  const scratch = mkdtempSync(join(tmpdir(), 'vram-wasm-'));
  try {
    const objects = sources.map((source) => {
      const object = join(scratch, `${source.replaceAll('/', '_')}.o`);
      execFileSync('clang++', [...COMPILE, '-c', source, '-o', object], { cwd: NATIVE, stdio: 'inherit' });
      return object;
    });
    const linked = join(scratch, 'module.wasm');
    const memory = [`--initial-memory=${memoryBytes}`, `--max-memory=${memoryBytes}`];
    execFileSync('wasm-ld', [...LINK, ...memory, ...objects, '-o', linked], { stdio: 'inherit' });
    return readFileSync(linked);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * The package's source file that holds a module.
 *
 * @param {(typeof MODULES)[number]} module
 * @param {Buffer} bytes
 */
function sourceFile({ what, constant }, bytes) {
  return `// Made from native/ by native/wasm/build.mjs with ${PINNED}: ${bytes.length} bytes.

/** The WebAssembly module of ${what}, in base64. */
export const ${constant} =
  '${bytes.toString('base64')}';
`;
}

const found = compiler();
const isCheck = process.argv[2] === '--check';
if (found !== PINNED) {
  console.log(`WebAssembly modules not compared: they need ${PINNED}, here is ${found || 'no clang'}`);
  if (!isCheck) process.exitCode = 1;
} else {
  for (const module of MODULES) {
    const target = join(PACKAGE, module.target);
    const text = sourceFile(module, build(module));
    if (!isCheck) {
      writeFileSync(target, text);
    } else if (readFileSync(target, 'utf8') !== text) {
      console.error(`${module.target} is not that of the source: run node native/wasm/build.mjs`);
      process.exitCode = 1;
    } else {
      console.log(`${module.target} repeats byte for byte`);
    }
  }
}
