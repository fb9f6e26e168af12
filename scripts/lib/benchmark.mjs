// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './workspace.mjs';

/**
 * @typedef {object} Row one thing that was measured, against another that was measured in the same run
 * @property {string} what
 * @property {number} measured
 * @property {string} unit of both figures
 * @property {string} [against]
 * @property {number} [baseline]
 * @property {Target} [target]
 */

/**
 * @typedef {object} Target what is to be reached
 * @property {string} text
 * @property {boolean} reached
 */

/**
 * @typedef {object} NotRun
 * @property {string} what
 * @property {string} notRun why
 */

/**
 * @typedef {object} MeasuredDevice the GPU that was measured
 * @property {string} name
 * @property {string} driver
 * @property {boolean} simulated whether it was a rehearsal over a stand-in: its results are not kept
 * @property {number} multiprocessors
 * @property {Readonly<Record<string, number>>} clockMhz of the multiprocessors while each digest ran; 0 is unknown
 */

/**
 * @typedef {readonly (Row | NotRun)[]} Rows
 */

/**
 * @typedef {object} Run
 * @property {boolean} small whether only soundness is asked for, not speed
 * @property {string} scratch an empty folder on the disk of this repository
 */

/**
 * Runs one benchmark as the program `process.argv[1]`: prints a table and, with `--out FOLDER`, writes a JSON file there.
 *
 * @param {string} title
 * @param {(run: Run) => Promise<Rows | { device: MeasuredDevice, rows: Rows }>} measure
 */
export async function benchmark(title, measure) {
  const { values } = parseArgs({
    options: { small: { type: 'boolean', default: false }, out: { type: 'string' } },
  });
  const program = relative(root, process.argv[1] ?? '');
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'bench-'));
  // Whichever way this ends: a GPU's benchmark that finds none ends the process.
  process.once('exit', () => rmSync(scratch, { recursive: true }));
  const result = await measure({ small: values.small, scratch });
  const { device, rows } = 'rows' in result ? result : { device: undefined, rows: result };
  assertSound(rows);
  const [cpu] = cpus();
  const report = {
    title,
    command: `node ${program}`,
    date: new Date().toISOString(),
    small: values.small,
    machine: {
      cpu: cpu?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${release().split('.').slice(0, 2).join('.')} ${process.arch}`,
    },
    ...(device === undefined ? {} : { device }),
    versions: { node: process.versions.node, openssl: process.versions.openssl },
    rows: rows.map((row) => ('notRun' in row ? row : rounded(row))),
  };
  print(report);
  if (device?.simulated === true) {
    console.log('SIMULATED: a rehearsal over a stand-in driver. No GPU is involved, and nothing is kept.');
  } else if (values.out !== undefined) {
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, resultName(program)), `${JSON.stringify(report, null, 2)}\n`);
  }
}

/**
 * Name of the file that a benchmark's results go to: its package, or `gpu`, and its own name.
 *
 * @param {string} program its path in the repository
 */
function resultName(program) {
  const [, packageName = ''] = program.split('/');
  return `${packageName}-${basename(program, '.mjs')}.json`;
}

/**
 * Seconds of the fastest of several rounds of each. They run in turn, so that all of them meet the machine in the same state.
 *
 * @template {string} Name
 * @param {number} rounds
 * @param {Readonly<Record<Name, () => unknown>>} contenders
 * @returns {Promise<Record<Name, number>>}
 */
export async function fastest(rounds, contenders) {
  const names = /** @type {Name[]} */ (Object.keys(contenders));
  const best = /** @type {Record<Name, number>} */ (
    Object.fromEntries(names.map((name) => [name, Infinity]))
  );
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const began = performance.now();
      await contenders[name]();
      best[name] = Math.min(best[name], (performance.now() - began) / 1000);
    }
  }
  return best;
}

/** @param {Rows} rows */
function assertSound(rows) {
  const measured = rows.flatMap((row) => ('notRun' in row ? [] : [row]));
  if (measured.length === 0) throw new Error('The benchmark measured nothing');
  for (const { what, measured: value, baseline = 1 } of measured) {
    for (const figure of [value, baseline]) {
      if (!Number.isFinite(figure) || figure <= 0) throw new Error(`${what}: ${figure} is no measurement`);
    }
  }
}

/** @param {Row} row */
function rounded({ measured, baseline, ...row }) {
  const digits = (/** @type {number} */ value) => Number(value.toPrecision(4));
  if (baseline === undefined) return { ...row, measured: digits(measured) };
  return {
    ...row,
    measured: digits(measured),
    baseline: digits(baseline),
    ratio: digits(measured / baseline),
  };
}

/** @param {{ title: string, small: boolean, machine: { cpu: string, cores: number }, versions: { node: string }, rows: readonly object[] }} report */
function print({ title, small, machine, versions, rows }) {
  console.log(`${title}${small ? ' (small: for being sound, the figures mean nothing)' : ''}`);
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${versions.node}`);
  for (const row of /** @type {readonly (NotRun | ReturnType<typeof rounded>)[]} */ (rows)) {
    if ('notRun' in row) {
      console.log(`  ${row.what.padEnd(58)} not run: ${row.notRun}`);
      continue;
    }
    const { what, measured, unit, against, target } = row;
    const compared = 'ratio' in row ? `  ${row.ratio} x ${against} (${row.baseline})` : '';
    const reached =
      target === undefined ? '' : `  ${target.text}: ${target.reached ? 'reached' : 'NOT reached'}`;
    console.log(`  ${what.padEnd(58)} ${String(measured).padStart(9)} ${unit}${compared}${reached}`);
  }
}
