// @ts-check
// `npm run docs [-- --check]`: writes the pages that are made from the code, or says which of them are not current.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarksPage } from './docs/benchmarks-page.mjs';
import { errorsPage } from './docs/errors-page.mjs';
import { eventsPage, eventsSchema } from './docs/events-page.mjs';
import { root } from './lib/workspace.mjs';

const PAGES = {
  'docs/events.md': eventsPage,
  'docs/events.schema.json': eventsSchema,
  'docs/errors.md': errorsPage,
  'docs/benchmarks.md': benchmarksPage,
};

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [path, make] of Object.entries(PAGES)) {
  const file = join(root, path);
  const text = formatted(path, make());
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!isCurrent && !isCheck) writeFileSync(file, text);
  if (!isCurrent) stale += 1;
  console.log(`${path}: ${isCurrent ? 'current' : isCheck ? 'NOT current: npm run docs' : 'written'}`);
}
if (isCheck && stale > 0) process.exitCode = 1;

/**
 * @param {string} path where the text will stand
 * @param {string} text
 */
function formatted(path, text) {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'format', `--stdin-file-path=${path}`],
    {
      cwd: root,
      input: text,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${path} cannot be formatted:\n${stderr}`);
  return stdout;
}
