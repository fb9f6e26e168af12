// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';
import { code, table } from './markdown.mjs';

/**
 * @typedef {object} Report what a benchmark wrote
 * @property {string} title
 * @property {string} command
 * @property {string} date
 * @property {boolean} small
 * @property {{ cpu: string, cores: number, memoryGib: number, system: string }} machine
 * @property {{ node: string, openssl: string }} versions
 * @property {readonly Row[]} rows
 */

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {number} [measured]
 * @property {string} [unit]
 * @property {string} [against]
 * @property {number} [baseline]
 * @property {number} [ratio]
 * @property {{ text: string, reached: boolean }} [target]
 * @property {string} [notRun]
 */

/** The text of `docs/benchmarks.md`, made from `bench/results`. */
export function benchmarksPage() {
  const folder = join(root, 'bench/results');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const reports = names
    .sort()
    .map((name) => /** @type {Report} */ (JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const [first] = reports;
  if (first === undefined || reports.some(({ small }) => small))
    throw new Error('Expected results of whole benchmarks');
  return `# Benchmarks

Every figure stands beside one that was measured in the same run on the same machine, the two in turn; rates are those of the
fastest of five rounds. What counts is the ratio: absolute figures of a shared machine mean little. Nothing here was measured on
a GPU.

${code('npm run bench')} repeats all of it and writes \`bench/results/*.json\`, from which \`npm run docs\` makes this page; the command
over each table repeats that table alone. With \`--small\` a benchmark only shows that it is sound, as it does in CI.

Measured on ${first.date.slice(0, 10)}: ${first.machine.cpu}, ${first.machine.cores} cores, ${first.machine.memoryGib} GiB, ${first.machine.system}, Node ${first.versions.node}, OpenSSL ${first.versions.openssl}.
Other work may have run on the machine at the same time.

${reports.map(section).join('\n\n')}

## What the figures say

- This version hashes in WebAssembly and JavaScript, and with OpenSSL where Node has the algorithm. The targets of a million verified
  records per second and of b3sum's speed belong to a native engine that Node cannot load yet (its core is measured by
  \`node native/bench/compare.mjs\`), those of the GPU to a machine that has one.
- A seal without an expected digest hashes twice, once while loading and once in place, and compares the two. With the expected
  digest given in the seal's own algorithm it hashes once: give it where you can.
- The simulated device computes digests with the engines that it is given, here the fastest of Node. Without \`engines\` it takes those
  that run everywhere, where \`sha256-fsverity\` is noble's.
- One fdatasync for each record is what an unbatched log would do; group commit shares one among all records that wait.
- pino writes without a hash, a MAC, a tree or any promise that a line is on disk. It is the yardstick for what logging costs.
`;
}

/** @param {Report} report */
function section({ title, command, rows }) {
  const cells = rows.map(({ what, measured, unit, against, baseline, ratio, target, notRun }) =>
    notRun === undefined
      ? [
          what,
          `${figure(measured)} ${unit}`,
          against === undefined ? '' : `${against}: ${figure(baseline)}`,
          ratio === undefined ? '' : `${ratio.toPrecision(2)} x`,
          target === undefined ? '' : `${target.text}: ${target.reached ? 'reached' : 'not reached yet'}`,
        ]
      : [what, `not run: ${notRun}`, '', '', ''],
  );
  return `## ${title}

${code(command)}

${table(['what', 'measured', 'against', 'ratio', 'to reach'], cells)}`;
}

/** @param {number | undefined} value */
function figure(value) {
  if (value === undefined) throw new TypeError('Expected a figure');
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
