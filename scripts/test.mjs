// @ts-check
// `npm test`: sets everything up and runs every test that this machine can run; says what was not run and why.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNativeTests } from './lib/native-tests.mjs';
import { root, setUp } from './lib/workspace.mjs';

setUp();

const scratch = mkdtempSync(join(tmpdir(), 'vram-residency-test-'));
const report = join(scratch, 'report.json');
const vitest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
// A pattern that was given is for the other tests.
const native = process.argv.length > 2 ? undefined : runNativeTests(scratch, 'release');
rmSync(scratch, { recursive: true });

if (results === undefined) {
  console.error('The tests ended without a report.');
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} else {
  const failedFiles = results.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const passed = results.numPassedTests + (native?.passed ?? 0);
  const silent = process.argv.length > 2 ? [] : silentProjects(results.testResults);
  for (const project of silent) console.error(`No test of ${project} passed: were they found?`);
  const failed = results.numFailedTests + failedFiles + silent.length + (native?.failed ?? 0);
  const skipped = results.numPendingTests + results.numTodoTests + (native?.skipped ?? 0);

  console.log(`\n${gpuLine(native?.passedOnGpu)}`);
  for (const file of results.testResults) {
    for (const test of file.assertionResults) {
      if (test.status !== 'passed' && test.status !== 'failed') console.log(`Not run here: ${test.fullName}`);
    }
  }
  for (const what of native?.notRun ?? []) console.log(`Not run here: ${what}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = vitest.status === 0 && failed === 0 && passed > 0 ? 0 : 1;
}

/**
 * What is known of GPUs, from this run and from the results that are kept.
 *
 * @param {number | undefined} passed how many native tests passed on a GPU in this run; undefined if none were asked for
 */
function gpuLine(passed) {
  const measured = readdirSync(join(root, 'bench/results')).filter((name) => name.startsWith('gpu-'));
  const kept =
    measured.length === 0
      ? 'no results of any GPU are kept: the CUDA backend is tested over a stand-in for the driver'
      : `results are kept in ${measured.map((name) => `bench/results/${name}`).join(', ')}`;
  if (passed === undefined) return `GPU: not asked for in this run; ${kept}.`;
  return passed === 0 ? `GPU: not run here; ${kept}.` : `GPU: ${passed} native tests passed here; ${kept}.`;
}

/**
 * Folders whose tests a pattern that matches nothing would leave out unnoticed.
 *
 * @param {readonly { name: string, assertionResults: readonly { status: string }[] }[]} files
 */
function silentProjects(files) {
  const projects = ['test', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)].filter(
    (project) => existsSync(join(root, project, 'vitest.config.ts')),
  );
  const hasPassed = (/** @type {string} */ project) =>
    files.some(
      ({ name, assertionResults }) =>
        name.startsWith(join(root, project, '/')) &&
        assertionResults.some(({ status }) => status === 'passed'),
    );
  return projects.filter((project) => !hasPassed(project));
}
