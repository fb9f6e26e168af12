// @ts-check
// `node packages/seal-crypto/bench/digests.mjs [--small]`: every engine on the same bytes, against noble, native
// tools and hash-wasm.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DigestEngines, javascriptEngine, nobleEngine, toHex, wasmEngine } from '@vram-residency/seal-crypto';
import { nodeEngine } from '@vram-residency/seal-crypto/node';
import { createBLAKE3, createSHA256 } from 'hash-wasm';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';

const ROUNDS = 5;
const OURS = [nodeEngine, wasmEngine, javascriptEngine];
/** What the engine wasm shall be, against hash-wasm. */
const WASM_FACTOR = 2;

/** What native tools there are to compare with, each on one thread. */
const TOOLS = /** @type {const} */ ({
  blake3: { command: 'b3sum', args: ['--num-threads', '1', '--no-names'] },
  'sha256-fsverity': { command: 'fsverity', args: ['digest', '--compact'] },
  sha256: { command: 'sha256sum', args: [] },
});

await benchmark('Digests of the same bytes, one thread', async ({ small, scratch }) => {
  const bytes = new Uint8Array((small ? 1 : 64) * 2 ** 20);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i % 251;
  const path = join(scratch, 'bytes');
  writeFileSync(path, bytes);
  const rounds = small ? 1 : ROUNDS;
  const rate = (/** @type {number} */ seconds) => bytes.length / seconds / 1e9;

  const rows = [];
  for (const algorithm of nobleEngine.algorithms) {
    const noble = new DigestEngines([nobleEngine]);
    const engines = OURS.filter((engine) => engine.algorithms.includes(algorithm));
    for (const engine of engines) {
      const own = new DigestEngines([engine]);
      const { command, args } = TOOLS[algorithm];
      const tool = () => spawnSync(command, [...args, path], { encoding: 'utf8' });
      const found = tool();
      const digest = toHex(own.digest(algorithm, bytes));
      noble.digest(algorithm, bytes.subarray(0, 2 ** 20));
      if (found.status === 0 && !found.stdout.includes(digest))
        throw new Error(`${command} computes another digest`);
      const seconds = await fastest(rounds, {
        own: () => own.digest(algorithm, bytes),
        noble: () => noble.digest(algorithm, bytes),
        tool: found.status === 0 ? tool : () => undefined,
      });
      const what = `${algorithm}, engine ${engine.name}`;
      const measured = { what, measured: rate(seconds.own), unit: 'GB/s' };
      rows.push({ ...measured, against: 'noble', baseline: rate(seconds.noble) });
      if (found.status !== 0) {
        rows.push({ what: `${what} against ${command}`, notRun: `${command} is not installed` });
        continue;
      }
      rows.push({ ...measured, against: `${command}, one thread`, baseline: rate(seconds.tool) });
    }
  }
  const others = { blake3: await createBLAKE3(), sha256: await createSHA256() };
  const wasm = new DigestEngines([wasmEngine]);
  for (const algorithm of /** @type {const} */ (['blake3', 'sha256'])) {
    const other = others[algorithm];
    const seconds = await fastest(rounds, {
      own: () => wasm.digest(algorithm, bytes),
      other: () => other.init().update(bytes).digest('binary'),
    });
    const ratio = seconds.other / seconds.own;
    rows.push({
      what: `${algorithm}, engine wasm`,
      measured: rate(seconds.own),
      unit: 'GB/s',
      against: 'hash-wasm',
      baseline: rate(seconds.other),
      ...(algorithm === 'blake3'
        ? { target: { text: `at least ${WASM_FACTOR} x`, reached: ratio >= WASM_FACTOR } }
        : {}),
    });
  }
  return [...rows, { what: 'the native core', notRun: 'see node native/bench/compare.mjs' }];
});
