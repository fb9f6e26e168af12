// @ts-check
// `pnpm test:gpu`: everything that needs a GPU: the native tests (ctest label gpu) and the part in Node. One line for each
// part, and `not run` with the cause where there is no GPU. Exit code 0: what could run passed; 1: something failed;
// 77: nothing ran.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNativeTests } from './lib/native-tests.mjs';
import { root, setUp } from './lib/workspace.mjs';

const NOTHING_RAN = 77;

setUp();
const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-gpu-'));
const native = runNativeTests(scratch, 'gpu');
rmSync(scratch, { recursive: true });
if (native.failed > 0) console.log(`FAILED: native tests: ${native.failed}`);
if (native.passed > 0) console.log(`passed: native tests: ${native.passed}`);
for (const what of native.notRun) console.log(`not run: ${what}`);

// A GPU is asked for: a stand-in that the environment names must not answer instead.
const { VRAM_RESIDENCY_CUDA_DRIVER: _, ...env } = process.env;
const node = spawnSync(process.execPath, [join(root, 'test/gpu/run.mjs')], { stdio: 'inherit', env });
const hasFailed = native.failed > 0 || (node.status !== 0 && node.status !== NOTHING_RAN);
if (hasFailed) process.exitCode = 1;
else if (native.passed === 0 && node.status === NOTHING_RAN) process.exitCode = NOTHING_RAN;
