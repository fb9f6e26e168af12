// @ts-check
// `portable-program.mjs VECTORS`, in Node, Deno and Bun: runs the checks of the entries for every runtime, prints the outcomes.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { auditChainChecks } from './audit-chain-checks.mjs';
import { runChecks } from './check.mjs';
import { sealCryptoChecks } from './seal-crypto-checks.mjs';
import { filesOf } from './vectors.mjs';

/** @type {import('./vectors.mjs').Vectors} */
const vectors = JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), 'utf8'));
const outcomes = await runChecks([...sealCryptoChecks(vectors), ...auditChainChecks(vectors)], {
  residentBytes: () => process.memoryUsage().rss,
  pickLog: async (name) => {
    const log = vectors.logs.find((vector) => vector.name === name);
    return log === undefined ? [] : [...filesOf(log)].map(([file, bytes]) => new File([bytes], file));
  },
});
console.log(JSON.stringify(outcomes));
