// @ts-check
// `node-entry-program.mjs VECTORS`, in Node, Deno and Bun: runs the checks of the entries `./node`, prints the outcomes.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { runChecks } from './check.mjs';
import { nodeEntryChecks } from './node-entry-checks.mjs';

const vectors = JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), 'utf8'));
const outcomes = await runChecks(nodeEntryChecks(vectors), {
  residentBytes: () => process.memoryUsage().rss,
  pickLog: async () => [],
});
console.log(JSON.stringify(outcomes));
