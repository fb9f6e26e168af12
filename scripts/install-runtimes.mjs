// @ts-check
// Puts Deno and Bun into the ignored folder `.runtimes`, for the tests that run in them. They come from npm packages that
// hold the programs themselves, so nothing is run or fetched at their installation.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { root } from './lib/workspace.mjs';

const RUNTIMES = { '@deno/linux-x64-glibc': '2.9.6', '@oven/bun-linux-x64-baseline': '1.4.5' };

const folder = `${root}/.runtimes`;
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, dependencies: RUNTIMES }));
const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
if (error !== undefined) console.error(error.message);
process.exitCode = status ?? 1;
