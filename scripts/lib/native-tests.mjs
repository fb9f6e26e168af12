// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/**
 * What came of tests: how many, and what was not run and why.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, notRun: string[] }} Counts
 */

/**
 * Builds `native/` and runs its tests, where there are CMake and a C++ compiler.
 *
 * @param {string} scratch folder for the report
 * @returns {Counts}
 */
export function runNativeTests(scratch) {
  const missing = ['cmake', 'c++'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
  if (missing.length > 0) {
    return { passed: 0, failed: 0, skipped: 0, notRun: [`native: ${missing.join(' and ')} not found`] };
  }
  const report = join(scratch, 'native.xml');
  const configured = run('cmake', ['--preset', 'release']);
  const built =
    configured && run('cmake', ['--build', '--preset', 'release', '--parallel', String(cpus().length)]);
  if (!built) return { passed: 0, failed: 1, skipped: 0, notRun: [] };
  run('ctest', ['--preset', 'release', '--output-junit', report]);
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
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*status="(run|fail|notrun|disabled)"/g)];
  const named = (/** @type {string} */ status) => cases.filter((found) => found[2] === status);
  const skipped = [...named('notrun'), ...named('disabled')];
  return {
    passed: named('run').length,
    failed: named('fail').length + (cases.length === 0 ? 1 : 0),
    skipped: skipped.length,
    notRun: skipped.map(([, name]) => `native: ${name}`),
  };
}
