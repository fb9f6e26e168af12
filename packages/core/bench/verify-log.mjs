// @ts-check
// `node packages/core/bench/verify-log.mjs [--small]`: verifying a log on one core, all that the format page asks for, by
// every engine; against the plain engine with noble, and against what the same engine takes to scan and hash alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRootKey, plainRecordEngine, verifyLog } from '@vram-residency/audit-chain';
import { nodeHashes, openLog } from '@vram-residency/audit-chain/node';
import { nativeRecordEngine } from '@vram-residency/cuda-backend';
import { wasmRecordEngine } from '@vram-residency/seal-crypto';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { emitDurably, openAuditLog } from '../../audit-chain/bench/support/audit-log.mjs';

const ROUNDS = 5;
/** Lines that are handed to an engine at once. */
const BATCH_BYTES = 1_048_576;

await benchmark('Verifying a log by engine, one core', async ({ small, scratch }) => {
  const records = small ? 1000 : 100_000;
  let rootKey = '';
  const dir = join(scratch, 'audit');
  const auditLog = await openAuditLog(dir, {
    onRootKey(key) {
      rootKey = key;
    },
  });
  await emitDurably(auditLog, records);
  await auditLog.close();
  const options = { rootKey: parseRootKey(rootKey), vkey: auditLog.vkey };
  const segments = readdirSync(dir).filter((name) => name.startsWith('segment-'));
  const contents = segments.map((name) => new Uint8Array(readFileSync(join(dir, name))));
  const sizeBytes = contents.reduce((sum, { length }) => sum + length, 0);

  /** @param {import('@vram-residency/audit-chain').RecordEngine} engine */
  const verify = async (engine) => {
    const { status } = await verifyLog(await openLog(dir), { ...options, hashes: nodeHashes, engine });
    if (status !== 'verified') throw new Error(`The log is ${status}`);
  };
  const noble = plainRecordEngine();
  const engines = [
    { name: 'native', engine: nativeRecordEngine(), least: 1_000_000, target: 'at least 1,000,000/s' },
    {
      name: 'wasm',
      engine: wasmRecordEngine(),
      least: 300_000,
      target: 'at least 300,000/s and 4 x noble',
    },
  ];
  const rows = [];
  for (const { name, engine, least, target } of engines) {
    const what = `shape, chain, MAC and tree; ${name}; ${(sizeBytes / records).toFixed(0)} bytes`;
    if (engine === undefined) {
      rows.push({ what, notRun: 'the engine is not there' });
      continue;
    }
    const seconds = await fastest(small ? 1 : ROUNDS, {
      whole: () => verify(engine),
      hashing: () => contents.forEach((bytes) => void hashAlone(engine, bytes)),
      noble: () => verify(noble),
    });
    const rate = records / seconds.whole;
    const reached = rate >= least && seconds.noble / seconds.whole >= 4;
    rows.push(
      {
        what,
        measured: rate,
        unit: 'records/s',
        against: 'noble',
        baseline: records / seconds.noble,
        target: { text: target, reached },
      },
      {
        what: 'the same',
        measured: rate,
        unit: 'records/s',
        against: `scan, leaf hashes and MACs alone, ${name}`,
        baseline: records / seconds.hashing,
      },
    );
  }
  return rows;
});

/**
 * @param {import('@vram-residency/audit-chain').RecordEngine} engine
 * @param {Uint8Array} bytes
 */
function hashAlone(engine, bytes) {
  const key = new Uint8Array(32);
  const size = Math.min(BATCH_BYTES, engine.maxBatchBytes);
  for (let start = 0; start < bytes.length; ) {
    const { count, consumedBytes } = engine.scan(bytes.subarray(start, start + size));
    engine.leafHashes();
    engine.macs(key, 0, count);
    start += consumedBytes;
  }
}
