// @ts-check
// `node native/bench/compare.mjs [MIB]`: whole processes over one file in the page cache: this project's digests against
// b3sum and fsverity, by turns, best of 25. Build first: cmake --preset release && cmake --build --preset release.
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 25;
const sizeMib = Number(process.argv[2] ?? 512);
if (!Number.isSafeInteger(sizeMib) || sizeMib < 1 || sizeMib > 65_536) {
  throw new RangeError('Expected a size from 1 to 65536 MiB');
}
const tool = fileURLToPath(new URL('../build/release/bench/vram_digest_file', import.meta.url));
const cores = availableParallelism();
const scratch = mkdtempSync(join(tmpdir(), 'vram-bench-'));
const file = join(scratch, 'input');

/** @typedef {{ name: string, command: string[] }} Contender */

/** Seconds that one run takes, or undefined if it cannot run. */
function seconds(/** @type {string[]} */ [program = '', ...parameters]) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(program, parameters, { stdio: 'ignore' });
  return status === 0 ? Number(process.hrtime.bigint() - start) / 1e9 : undefined;
}

/** Prints the best of each contender and its ratio to the first. */
function compare(/** @type {string} */ title, /** @type {Contender[]} */ contenders) {
  const best = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    contenders.forEach(({ command }, i) => {
      best[i] = Math.min(best[i] ?? 0, seconds(command) ?? Number.POSITIVE_INFINITY);
    });
  }
  console.log(title);
  contenders.forEach(({ name }, i) => {
    const time = best[i] ?? Number.POSITIVE_INFINITY;
    const rate = (sizeMib * 2 ** 20) / time / 1e9;
    const text = Number.isFinite(time)
      ? `${rate.toFixed(2)} GB/s  ${((best[0] ?? 0) / time).toFixed(2)} x`
      : 'not run: it is not installed, or failed';
    console.log(`  ${name.padEnd(34)} ${text}`);
  });
}

try {
  const descriptor = openSync(file, 'w');
  const block = randomFillSync(Buffer.alloc(2 ** 20));
  for (let i = 0; i < sizeMib; i++) {
    block.writeUInt32LE(i);
    writeSync(descriptor, block);
  }
  closeSync(descriptor);
  console.log(`${sizeMib} MiB, ${cores} cores, ${cpus()[0]?.model}, best of ${ROUNDS}`);
  for (const threads of new Set([1, cores])) {
    compare(`BLAKE3, ${threads} thread(s)`, [
      { name: 'b3sum', command: ['b3sum', '--num-threads', `${threads}`, file] },
      { name: 'vram_digest_file', command: [tool, 'blake3', `${threads}`, file] },
    ]);
  }
  compare('sha256-fsverity', [
    { name: 'fsverity digest', command: ['fsverity', 'digest', '--compact', file] },
    { name: 'vram_digest_file, 1 thread', command: [tool, 'sha256-fsverity', '1', file] },
    { name: 'vram_digest_file, 2 threads', command: [tool, 'sha256-fsverity', '2', file] },
  ]);
} finally {
  rmSync(scratch, { recursive: true });
}
