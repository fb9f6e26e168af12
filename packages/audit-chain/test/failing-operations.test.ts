import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { FileOperation } from '../src/node/file-operation.js';
import type { DirectoryLock } from '../src/node/lock.js';
import { nodeFileSystem } from '../src/node/node-file-system.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { query } from '../src/query/query.js';
import { segmentName } from '../src/segment-name.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestFileSystem } from './test-file-system.js';

// As SQLite tests itself: something happens to every operation of a busy life of a log in turn: making it, writing,
// rotating, checkpoints, keys that move on, archiving, pruning, closing, opening again. After each, what was acknowledged is there, the log
// verifies, and a writer goes on with it.

const secret = 'a secret of sixteen bytes or more';
/** The lock is not what is tested here, and takes a process each time. */
const lockDirectory = async (): Promise<DirectoryLock> => ({ release: async () => undefined });

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** What may happen to an operation. The process killed before one is the process killed after the one before it. */
const FAULTS = ['EIO', 'ENOSPC', 'a short write', 'a kill amid the write', 'a kill after it'] as const;
type Fault = (typeof FAULTS)[number];

const onlyWrites = (fault: Fault): boolean => fault === 'a short write' || fault === 'a kill amid the write';
const isKill = (fault: Fault): boolean => fault.startsWith('a kill');

/** Something happens to the n-th operation. Nothing that a killed process asks for later has any effect. */
class FailingFileSystem extends TestFileSystem {
  readonly openDescriptors = new Set<number>();
  /** Descriptors that were closed though they were not open: by then they may be another file's. */
  readonly strayCloses: number[] = [];
  isKilled = false;
  readonly #fault: Fault;

  constructor(failing: number, fault: Fault) {
    super();
    this.code = fault === 'ENOSPC' ? 'ENOSPC' : 'EIO';
    this.fails = () => this.operations.length === failing;
    this.#fault = fault;
  }

  override async run(operation: FileOperation): Promise<unknown> {
    if (this.isKilled) throw new Error('the process is dead');
    // The kernel lets go of a descriptor whatever close(2) says.
    if (operation.op === 'close' && !this.openDescriptors.delete(operation.fd))
      this.strayCloses.push(operation.fd);
    try {
      const result = await super.run(operation);
      if (operation.op === 'open') this.openDescriptors.add(result as number);
      return result;
    } catch (error) {
      if (onlyWrites(this.#fault) && operation.op === 'write') {
        const { bytes } = operation;
        await nodeFileSystem.run({ ...operation, bytes: bytes.subarray(0, bytes.length / 2) });
      } else if (operation.op === 'close' || isKill(this.#fault)) {
        const result = await nodeFileSystem.run(operation);
        if (operation.op === 'open') this.openDescriptors.add(result as number);
      }
      if (isKill(this.#fault)) await this.#die();
      throw error;
    }
  }

  /** The kernel closes what a process had open. */
  async #die(): Promise<void> {
    this.isKilled = true;
    for (const fd of this.openDescriptors) await nodeFileSystem.run({ op: 'close', fd });
    this.openDescriptors.clear();
  }
}

/** Two lives of a writer: records of all severities, rotations, checkpoints. Gives what was acknowledged. */
async function live(fileSystem: FailingFileSystem): Promise<Map<number, string>> {
  const acknowledged = new Map<number, string>();
  for (let life = 0; life < 2; life++) {
    fileSystem.isKilled = false;
    const options = place.options({ secret, rotation: { segmentBytes: 1800 }, reserveBytes: 2_097_152 });
    const log = await AuditLog.open(options, { fileSystem, lockDirectory }).catch(() => undefined);
    if (log === undefined) continue;
    for (let n = 0; n < 4; n++) {
      const { durable } = log.emit(testEvent(n, n === 1 ? 'CRITICAL' : 'INFO'));
      await durable.then(
        ({ seq, leaf }) => acknowledged.set(seq, toHex(leaf)),
        () => undefined,
      );
    }
    if (life === 1) {
      await log.archive().catch(() => undefined);
      await log.prune({ maxSegments: 1 }).catch(() => undefined);
    }
    await log.close().catch(() => undefined);
  }
  return acknowledged;
}

async function assertSound(acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const log = await AuditLog.open(place.options({ secret }), { lockDirectory });
  await log.emit(testEvent(99)).durable;
  await log.close();
  // What was cut short is not left lying: an old key would be of use to a thief.
  expect(readdirSync(`${place.dir}.keys`).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(place.dir).filter((name) => /^segment-.*tmp$/.test(name))).toEqual([]);
  const result = await verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, hashes });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
  const leaves = new Map<number, string>();
  for await (const { record, bytes } of query(await openLog(place.dir))) {
    leaves.set(record.seq, toHex(leafHash(hashes, bytes)));
  }
  // What was pruned is accounted for, or the log did not verify.
  const left = [...acknowledged].filter(([seq]) => seq >= (result.firstSeq ?? 0));
  for (const [seq, leaf] of left) expect(leaves.get(seq)).toBe(leaf);
}

describe.each(FAULTS)('%s', (fault) => {
  test('at any operation: acknowledged records survive, the log verifies and goes on', async () => {
    const healthy = new FailingFileSystem(Number.POSITIVE_INFINITY, fault);
    expect((await live(healthy)).size).toBe(8);
    const names = healthy.operations.map((operation) => ('path' in operation ? operation.path : ''));
    expect(names.filter((name) => /segment-\d+\.ndjson\.(gz|zst)/.test(name)).length).toBeGreaterThan(1);
    expect(place.segments().some((name) => name === segmentName(0))).toBe(false);
    const operations = healthy.operations.map(({ op }) => op);
    expect(operations.length).toBeGreaterThan(150);
    let happened = 0;
    for (const [i, op] of operations.entries()) {
      if (onlyWrites(fault) && op !== 'write') continue;
      place.remove();
      place = new ScratchLog();
      const fileSystem = new FailingFileSystem(i + 1, fault);
      const acknowledged = await live(fileSystem);
      happened++;
      const sound = async (): Promise<void> => {
        expect(fileSystem.strayCloses).toEqual([]);
        expect([...fileSystem.openDescriptors]).toEqual([]);
        await assertSound(acknowledged);
      };
      await sound().catch((error: unknown) => {
        throw new Error(`after ${fault} at operation ${i + 1}, ${op}`, { cause: error });
      });
    }
    expect(happened).toBeGreaterThan(20);
  }, 600_000);
});
