// @ts-check
// `node packages/core/bench/records.mjs [--small]`: what verifying a log computes for each record, by every engine: shape
// and profile, leaf hash, chain, MAC and the first level of the tree; against the plain engine with noble.
import { plainRecordEngine } from '@vram-residency/audit-chain';
import { nodeHashes } from '@vram-residency/audit-chain/node';
import { nativeRecordEngine } from '@vram-residency/cuda-backend';
import { toHex, wasmRecordEngine } from '@vram-residency/seal-crypto';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';

const ROUNDS = 5;
const KEY = new Uint8Array(32).fill(7);

/** What the engines shall do with all of it, in records a second. */
const TARGETS = { native: 1_000_000, wasm: 300_000 };

/** A chain of records of 460 bytes and a few, as sealing writes them. */
function logLines(/** @type {number} */ records) {
  const key = nodeHashes.macKey(KEY);
  const lines = [];
  let prev = '0'.repeat(64);
  for (let seq = 1000; seq < 1000 + records; seq++) {
    const body = Buffer.from(
      `{"seq":${seq},"timestamp":"2026-01-02T03:04:05.000006Z","event_type":"seal_verified","severity":"INFO",` +
        `"worker_id":"gpu-0","shard_id":"llama-layer-0007","gpu_device":0,"mode":"full","bytes_verified":536870912,` +
        `"count":1,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","job_id":"0190-7a1e-4c","actor":"scheduler",` +
        `"epoch":3,"prev":"${prev}"`,
    );
    const line = Buffer.concat([body, Buffer.from(`,"mac":"${toHex(key.mac(body))}"}`)]);
    prev = toHex(nodeHashes.sha256(Uint8Array.of(0), line));
    lines.push(line, Buffer.of(0x0a));
  }
  return new Uint8Array(Buffer.concat(lines));
}

await benchmark('The log’s records, one thread', async ({ small }) => {
  const records = small ? 100 : 6000;
  const bytes = logLines(records);
  const noble = plainRecordEngine();
  const engines = [nativeRecordEngine(), wasmRecordEngine(), plainRecordEngine(nodeHashes)];
  /** @param {import('@vram-residency/audit-chain').RecordEngine} engine */
  const work = (engine) => {
    const { count } = engine.scan(bytes);
    const leaves = engine.leafHashes();
    engine.macs(KEY, 0, count);
    if (engine.firstMismatch('prev', 1, count) < count || engine.firstMismatch('mac', 0, count) < count) {
      throw new Error(`${engine.name} finds a sound log damaged`);
    }
    engine.merkleLevel(leaves);
  };
  const rate = (/** @type {number} */ seconds) => records / seconds;
  const rows = [];
  for (const [i, name] of ['native', 'wasm', 'plain (node-crypto)'].entries()) {
    const engine = engines[i];
    const what = `shape, leaf, chain, MAC and node; ${name}`;
    if (engine === undefined) {
      rows.push({ what, notRun: 'the engine is not there' });
      continue;
    }
    const seconds = await fastest(small ? 1 : ROUNDS, { own: () => work(engine), noble: () => work(noble) });
    const target = name === 'native' || name === 'wasm' ? TARGETS[name] : undefined;
    rows.push({
      what: `${what}; ${(bytes.length / records).toFixed(0)} bytes`,
      measured: rate(seconds.own),
      unit: 'records/s',
      against: 'noble',
      baseline: rate(seconds.noble),
      ...(target === undefined
        ? {}
        : { target: { text: `at least ${target}/s`, reached: rate(seconds.own) >= target } }),
    });
  }
  return rows;
});
