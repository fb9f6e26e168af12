// @ts-check
// `node packages/audit-chain/bench/verify.mjs [--small]`: verifying a log without an engine of another package,
// against reading and hashing it alone.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nobleHashes, parseRootKey, verifyLog } from '@vram-residency/audit-chain';
import { nodeHashes, openLog } from '@vram-residency/audit-chain/node';
import { benchmark, fastest } from '../../../scripts/lib/benchmark.mjs';
import { emitDurably, openAuditLog } from './support/audit-log.mjs';

const LF = 0x0a;
const MAC_SUFFIX_BYTES = 74;
const ROUNDS = 5;

await benchmark('Verifying a log, one core', async ({ small, scratch }) => {
  const records = small ? 1000 : 100_000;
  const log = await makeLog(join(scratch, 'audit'), records);
  const options = { rootKey: log.rootKey, vkey: log.vkey };
  const lines = readLines(log.dir);
  const verify = async (/** @type {import('@vram-residency/audit-chain').HashProvider} */ hashes) => {
    const { status } = await verifyLog(await openLog(log.dir), { ...options, hashes });
    if (status !== 'verified') throw new Error(`The log is ${status}`);
  };
  const seconds = await fastest(small ? 1 : ROUNDS, {
    node: () => verify(nodeHashes),
    nodeHashing: () => hashAlone(nodeHashes, lines),
    noble: () => verify(nobleHashes),
    nobleHashing: () => hashAlone(nobleHashes, lines),
    parsing: () => lines.forEach((line) => void JSON.parse(line.toString())),
  });
  const rate = (/** @type {number} */ time) => lines.length / time;

  const large = await makeLog(join(scratch, 'large'), records * 4);
  const [smallMemory, largeMemory] = [peakMib(log), peakMib(large)];
  const bytes = log.sizeBytes / lines.length;
  const sizes = [large, log].map(({ sizeBytes }) => (sizeBytes / 2 ** 20).toFixed(small ? 1 : 0));
  return [
    {
      what: `shape, chain, MAC and tree; node:crypto; ${bytes.toFixed(0)} bytes`,
      measured: rate(seconds.node),
      unit: 'records/s',
      against: 'hashing and MACs alone, node:crypto',
      baseline: rate(seconds.nodeHashing),
    },
    {
      what: `shape, chain, MAC and tree; noble; ${bytes.toFixed(0)} bytes`,
      measured: rate(seconds.noble),
      unit: 'records/s',
      against: 'hashing and MACs alone, noble',
      baseline: rate(seconds.nobleHashing),
    },
    {
      what: 'the same with node:crypto',
      measured: rate(seconds.node),
      unit: 'records/s',
      against: 'JSON.parse of each line alone',
      baseline: rate(seconds.parsing),
    },
    {
      what: `largest resident memory of a process that verifies ${sizes[0]} MiB`,
      measured: largeMemory,
      unit: 'MiB',
      against: `the same for ${sizes[1]} MiB`,
      baseline: smallMemory,
      target: {
        text: 'flat, at most 200 MiB',
        reached: largeMemory <= 200 && largeMemory <= smallMemory * 1.25,
      },
    },
    {
      what: 'memory of verifying a 10 GB log',
      notRun: 'writing one takes too long; see the row on memory above',
    },
  ];
});

/**
 * @param {string} dir
 * @param {number} records
 */
async function makeLog(dir, records) {
  let rootKey = '';
  const auditLog = await openAuditLog(dir, {
    onRootKey(key) {
      rootKey = key;
    },
  });
  await emitDurably(auditLog, records);
  await auditLog.close();
  const sizeBytes = segmentsOf(dir).reduce((sum, path) => sum + statSync(path).size, 0);
  return { dir, vkey: auditLog.vkey, rootKey: parseRootKey(rootKey), sizeBytes };
}

/** @param {string} dir */
function segmentsOf(dir) {
  const names = readdirSync(dir).filter((name) => name.startsWith('segment-'));
  return names.sort().map((name) => join(dir, name));
}

/** @param {string} dir */
function readLines(dir) {
  const lines = [];
  for (const bytes of segmentsOf(dir).map((path) => readFileSync(path))) {
    for (let start = 0, end = bytes.indexOf(LF); end >= 0; start = end + 1, end = bytes.indexOf(LF, start)) {
      lines.push(bytes.subarray(start, end));
    }
  }
  return lines;
}

/**
 * The leaf hash and the MAC of each line, and nothing else of what verifying means.
 *
 * @param {import('@vram-residency/audit-chain').HashProvider} hashes
 * @param {readonly Uint8Array[]} lines
 */
function hashAlone(hashes, lines) {
  const key = hashes.macKey(new Uint8Array(32));
  const prefix = new Uint8Array(1);
  for (const line of lines) {
    hashes.sha256(prefix, line);
    key.mac(line.subarray(0, -MAC_SUFFIX_BYTES));
  }
  key.destroy();
}

/** @param {{ dir: string, vkey: string }} log */
function peakMib({ dir, vkey }) {
  const program = fileURLToPath(new URL('support/verify-once.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, dir, vkey], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Verifying in a process of its own failed:\n${stderr}`);
  return Number(stdout) / 1024;
}
