// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { missingNativeTools } from './native-tools.mjs';
import { root } from './workspace.mjs';

/**
 * What came of tests: how many, how many of the passed ran on a GPU, and what was not run and why.
 *
 * @typedef {{ passed: number, passedOnGpu: number, failed: number, skipped: number, notRun: string[] }} Counts
 */

/** How the names of tests that need a GPU begin (native/test/gpu/CMakeLists.txt). */
const NEEDS_GPU = 'GPU: ';

/**
 * Builds `native/` and runs its tests, where there are CMake and a C++ compiler.
 *
 * @param {string} scratch folder for the report
 * @param {'release' | 'gpu'} preset `release` has all tests, `gpu` those that need a GPU
 * @returns {Counts}
 */
export function runNativeTests(scratch, preset) {
  const missing = missingNativeTools();
  if (missing.length > 0) {
    const notRun = [`native: ${missing.join(' and ')} not found`];
    return { passed: 0, passedOnGpu: 0, failed: 0, skipped: 0, notRun };
  }
  const report = join(scratch, 'native.xml');
  const configured = run('cmake', ['--preset', preset]);
  const built =
    configured && run('cmake', ['--build', '--preset', preset, '--parallel', String(cpus().length)]);
  if (!built) return { passed: 0, passedOnGpu: 0, failed: 1, skipped: 0, notRun: [] };
  run('ctest', ['--preset', preset, '--output-junit', report]);
  return countsOf(readFileSync(report, 'utf8'));
}

/**
 * Shows what a command prints only if it fails, but for the lines of tests.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const options = { cwd: join(root, 'native'), encoding: /** @type {const} */ ('utf8'), maxBuffer: 2 ** 28 };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0 || command === 'ctest') process.stdout.write(stdout);
  if (status !== 0) process.stderr.write(stderr);
  return status === 0;
}

/**
 * Reads a JUnit report of ctest.
 *
 * @param {string} xml
 * @returns {Counts}
 */
function countsOf(xml) {
  const cases = [
    ...xml.matchAll(
      /<testcase name="([^"]*)"[^>]*status="(run|fail|notrun|disabled)"[^>]*>([\s\S]*?)<\/testcase>/g,
    ),
  ].map(([, name = '', status = '', body = '']) => ({ name, status, body }));
  const passed = cases.filter(({ status }) => status === 'run');
  const skipped = cases.filter(({ status }) => status === 'notrun' || status === 'disabled');
  return {
    passed: passed.length,
    passedOnGpu: passed.filter(({ name }) => name.startsWith(NEEDS_GPU)).length,
    failed: cases.filter(({ status }) => status === 'fail').length + (cases.length === 0 ? 1 : 0),
    skipped: skipped.length,
    notRun: byCause(skipped),
  };
}

/**
 * One line for each cause that a test gave as `not run: …`.
 *
 * @param {readonly { name: string, body: string }[]} skipped
 */
function byCause(skipped) {
  /** @type {Map<string, string[]>} */
  const causes = new Map();
  for (const { name, body } of skipped) {
    const cause = /not run: (.*)/.exec(body)?.[1] ?? 'it gave no cause';
    causes.set(cause, [...(causes.get(cause) ?? []), name]);
  }
  return [...causes].map(([cause, names]) => `native: ${names.join(', ')}: ${cause}`);
}
