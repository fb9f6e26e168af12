import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditChainChecks } from './runtimes/audit-chain-checks.mjs';
import type { Outcome } from './runtimes/check.mjs';
import { nodeEntryChecks } from './runtimes/node-entry-checks.mjs';
import { sealCryptoChecks } from './runtimes/seal-crypto-checks.mjs';
import { blake3WithoutWasm, conformanceInBrowser, startBrowser } from './support/browser.js';
import { conformanceVectors as vectors } from './support/conformance-vectors.js';
import { findRuntime } from './support/find-runtime.js';

// The compiled packages in real runtimes: one program, and one test here for each of its checks.

const PORTABLE = [...sealCryptoChecks(vectors), ...auditChainChecks(vectors)].map(({ name }) => name);
const NODE_ENTRIES = nodeEntryChecks(vectors).map(({ name }) => name);

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'vram-residency-runtimes-')));
const vectorFile = join(scratch, 'vectors.json');
beforeAll(() => writeFileSync(vectorFile, JSON.stringify(vectors)));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What Deno is asked for both programs: to take modules from node_modules alone, and to fetch and ask nothing. */
const DENO = ['run', '--node-modules-dir=manual', '--no-lock', '--no-remote', '--cached-only', '--no-prompt'];

describe.each([
  ['Node', process.execPath, [], []],
  // The portable entries get nothing but the file of vectors.
  ['Deno', findRuntime('Deno'), [...DENO, `--allow-read=${vectorFile}`], [...DENO, '--allow-all']],
  ['Bun', findRuntime('Bun'), ['run', '--no-install'], ['run', '--no-install']],
] as const)('%s', (name, program, portable, nodeEntries) => {
  describeOutcomes(name, program, PORTABLE, (path) => runProgram(path, portable, 'portable-program.mjs'));
  describeOutcomes(name, program, NODE_ENTRIES, (path) =>
    runProgram(path, nodeEntries, 'node-entry-program.mjs'),
  );
});

describe('Chromium', () => {
  const chromium = findRuntime('Chromium');
  const inBrowser = async <Result>(use: (browser: Browser) => Promise<Result>): Promise<Result> => {
    const browser = await startBrowser(chromium as string);
    return use(browser).finally(() => browser.close());
  };
  describeOutcomes('Chromium', chromium, PORTABLE, () => inBrowser(conformanceInBrowser));

  const forbidden = 'seal-crypto: goes on in JavaScript where a policy forbids WebAssembly';
  test.skipIf(chromium === undefined)(
    chromium === undefined ? `${forbidden} (Chromium is not installed)` : forbidden,
    async () => {
      const { length, blake3 } = vectors.digests.at(-2) as (typeof vectors.digests)[number];
      expect(await inBrowser((browser) => blake3WithoutWasm(browser, length))).toEqual({
        engine: 'javascript',
        digest: blake3,
      });
    },
  );
});

/** A test for each check, of what came of it when all of them ran in one process. */
function describeOutcomes(
  runtime: string,
  program: string | undefined,
  checks: readonly string[],
  runAll: (program: string) => Promise<readonly Outcome[]>,
): void {
  if (program === undefined) {
    test.skip(`${checks.length} checks of the conformance program (${runtime} is not installed)`);
    return;
  }
  describe('runs the conformance program:', () => {
    let outcomes: readonly Outcome[] = [];
    beforeAll(async () => {
      outcomes = await runAll(program);
    });
    test.each(checks)('%s', (check) => {
      expect(outcomes.find(({ name }) => name === check)).toEqual({ name: check });
    });
  });
}

/** Runs a program of the folder `runtimes`, which prints its outcomes. */
async function runProgram(path: string, args: readonly string[], program: string): Promise<Outcome[]> {
  const { stdout } = await promisify(execFile)(path, [...args, program, vectorFile], {
    cwd: fileURLToPath(new URL('./runtimes/', import.meta.url)),
    env: { PATH: process.env['PATH'], HOME: scratch, DENO_DIR: scratch, DO_NOT_TRACK: '1' },
    timeout: 240_000,
  });
  return JSON.parse(stdout);
}
