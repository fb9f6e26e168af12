// @ts-check
// `node packages/seal-crypto/bench/digests.mjs [--small]`: every engine on the same bytes, against noble and native tools.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DigestEngines, javascriptEngine, nobleEngine, toHex } from '@vram-residency/seal-crypto';
import { nodeEngine } from '@vram-residency/seal-crypto/node';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';

const ROUNDS = 5;
const OURS = [nodeEngine, javascriptEngine];

/** What native tools there are to compare with, each on one thread. */
const TOOLS = /** @type {const} */ ({
  blake3: { command: 'b3sum', args: ['--num-threads', '1', '--no-names'], factor: 1 },
  'sha256-fsverity': { command: 'fsverity', args: ['digest', '--compact'], factor: 2 },
  sha256: { command: 'sha256sum', args: [], factor: undefined },
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
      const { command, args, factor } = TOOLS[algorithm];
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
      const ratio = seconds.tool / seconds.own;
      const target =
        factor === undefined
          ? {}
          : { target: { text: `at least ${factor} x, with the native engine`, reached: ratio >= factor } };
      rows.push({ ...measured, against: `${command}, one thread`, baseline: rate(seconds.tool), ...target });
    }
  }
  return [...rows, { what: 'blake3 in WASM', notRun: 'there is no such engine in this version' }];
});
