// @ts-check
// `pnpm bench [--small]`: runs every benchmark of every package; prints tables and writes `bench/results/*.json`. With
// `--small` it only shows that they are sound, and nothing is kept.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setUp } from './lib/workspace.mjs';

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
setUp();
const out = values.small ? mkdtempSync(join(tmpdir(), 'vram-residency-bench-')) : join(root, 'bench/results');

const programs = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name, 'bench'))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.mjs'));

let failed = 0;
for (const program of programs) {
  const args = [program, '--out', out, ...(values.small ? ['--small'] : [])];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) {
    failed += 1;
    console.error(`${program} failed`);
  }
  console.log();
}
const results = readdirSync(out).map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')));
if (values.small) rmSync(out, { recursive: true });
console.log(`${programs.length} benchmarks, ${failed} failed`);
if (programs.length === 0 || failed > 0 || results.length < programs.length) process.exitCode = 1;
