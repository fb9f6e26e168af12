// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GPU_ROWS } from '../../bench/gpu/rows.mjs';
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
 * @property {{ name: string, driver: string, multiprocessors: number, clockMhz: Readonly<Record<string, number>> }} [device]
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
  const onGpu = reports.filter(({ device }) => device !== undefined);
  const [first] = reports.filter(({ device }) => device === undefined);
  if (first === undefined || reports.some(({ small }) => small))
    throw new Error('Expected results of whole benchmarks');
  return `# Benchmarks

Every figure stands beside one that was measured in the same run on the same machine, the two in turn; rates are those of the
fastest of five rounds. What counts is the ratio: absolute figures of a shared machine mean little.

${code('npm run bench')} repeats all of it and writes \`bench/results/*.json\`, from which \`npm run docs\` makes this page; the command
over each table repeats that table alone. With \`--small\` a benchmark only shows that it is sound, as it does in CI.

Measured on ${first.date.slice(0, 10)}: ${first.machine.cpu}, ${first.machine.cores} cores, ${first.machine.memoryGib} GiB, ${first.machine.system}, Node ${first.versions.node}, OpenSSL ${first.versions.openssl}.
Other work may have run on the machine at the same time.

${reports
  .filter(({ device }) => device === undefined)
  .map(section)
  .join('\n\n')}

## On a GPU

${onGpu.length === 0 ? notRunOnGpu() : onGpu.map(gpuSection).join('\n\n')}

${GPU_NOTES}

## What the figures say

- The native core is measured against b3sum and \`fsverity digest\` by \`node native/bench/compare.mjs\`.
- \`verifyLog\` runs without an engine of another package unless it is given one: on node:crypto from the command \`audit-chain\`, on the
  native engine, else WebAssembly, from \`vram-residency log\`.
- A seal without an expected digest hashes twice, once while loading and once in place, and compares the two. With the expected
  digest given in the seal's own algorithm it hashes once: give it where you can.
- The simulated device computes digests with the engines that it is given, here the fastest of Node. Without \`engines\` it takes those
  that run everywhere, where \`sha256-fsverity\` is noble's.
- The log's writer encodes and hashes on the event loop, at most 64 records at a time with other work in between, and waits for
  the disk off it. How late the event loop is at ten thousand records a second, far more than a worker writes, is what others
  notice of it. A worker thread would leave the call of emit, a copy of every record and the receipts where they are, and put
  a second thread between a dying process and its last CRITICAL record.
- One fdatasync for each record is what an unbatched log would do; group commit shares one among all records that wait.
- pino writes without a hash, a MAC, a tree or any promise that a line is on disk. It is the yardstick for what logging costs.
`;
}

/** What is known without a GPU, and what is to be tried first on one. */
const GPU_NOTES = `By count, what binds the digests is not memory but the units that shift and combine bits, 64 operations for each multiprocessor and
clock. What is known without a GPU, from what ptxas 13.0 assembles for sm_90: the opcodes of the two kernels that contain one compression,
\`vram_blake3_merge\` and \`vram_fsverity_finish\`, with the little that they do besides.

${table(
  ['', 'bound by', 'BLAKE3', 'SHA-256', 'registers, at most', 'local memory'],
  [
    ['as they are', 'LOP3, SHF and IADD3', '575', '1,291', '63', 'none'],
    ['additions forced to the FMA pipe', 'LOP3 and SHF', '462', '1,057', '64', 'none'],
  ],
)}

The second row was compiled and counted, not run, and is not in the kernels: \`mad.lo.u32\` with a factor that only the run knows to
be 1, in place of every addition of the round functions. It replaces operations that bind by more of those that do not (373 in place
of 141 of BLAKE3), and whether that pays only a GPU tells. To be tried there in this order, each against the state before it, by
\`pnpm bench:gpu\`:

1. The kernels as they are: one leaf to a thread, plain loads of 16 bytes. How far below the ceiling they are says whether loads or
   operations are to be worked on.
2. Additions on the FMA pipe, for the ceiling that the tables of the run name.
3. Tiles that \`cp.async\` fills, two stages of 4 KiB to a warp, from sm_80 on. This changes the structure of the kernels, and nothing
   but a profile of step 1 says that loads bind, so none of it is prepared.`;

/** The rows that wait for a GPU. */
function notRunOnGpu() {
  const rows = Object.values(GPU_ROWS).map(({ what, reach }) => [what, 'not run: no GPU was there', reach]);
  return `${code('pnpm bench:gpu')} on a machine with an NVIDIA driver measures these and says how: see the [GPU guide](gpu.md#measuring).

${table(['what', 'measured', 'to reach'], rows)}`;
}

/** @param {Report} report */
function gpuSection(report) {
  const { device, date } = report;
  if (device === undefined) throw new TypeError('Expected the results of a GPU');
  const clocks = Object.entries(device.clockMhz).map(([digest, mhz]) => `${mhz} MHz during ${digest}`);
  return `${section(report).replace('## ', '### ')}

Measured on ${date.slice(0, 10)}: ${device.name}, driver ${device.driver}, ${device.multiprocessors} multiprocessors, ${clocks.join(', ')}.`;
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
