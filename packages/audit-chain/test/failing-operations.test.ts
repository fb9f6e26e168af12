import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { FileOperation } from '../src/node/file-operation.js';
import { nodeFileSystem } from '../src/node/node-file-system.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { query } from '../src/query/query.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestFileSystem } from './test-file-system.js';

// As SQLite tests itself: every operation of a busy life of a log fails in turn. After each, what was acknowledged
// is there, the log verifies, and a writer goes on with it.

const secret = 'a secret of sixteen bytes or more';
let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** The n-th operation fails, and with `forGood` everything after it. A write that fails leaves half its bytes. */
class FailingFileSystem extends TestFileSystem {
  done = 0;
  readonly openDescriptors = new Set<number>();
  /** Descriptors that were closed though they were not open: by then they may be another file's. */
  readonly strayCloses: number[] = [];

  constructor(failing: number, forGood: boolean) {
    super();
    this.fails = () => {
      this.done++;
      return forGood ? this.done >= failing : this.done === failing;
    };
  }

  override async run(operation: FileOperation): Promise<unknown> {
    // The kernel lets go of a descriptor whatever close(2) says.
    if (operation.op === 'close' && !this.openDescriptors.delete(operation.fd))
      this.strayCloses.push(operation.fd);
    try {
      const result = await super.run(operation);
      if (operation.op === 'open') this.openDescriptors.add(result as number);
      return result;
    } catch (error) {
      if (operation.op === 'write') {
        const { bytes } = operation;
        await nodeFileSystem.run({ ...operation, bytes: bytes.subarray(0, bytes.length / 2) });
      }
      if (operation.op === 'close') await nodeFileSystem.run(operation);
      throw error;
    }
  }
}

/** Two lives of a writer: records of all severities, rotations, checkpoints. Gives what was acknowledged. */
async function live(fileSystem: TestFileSystem): Promise<Map<number, string>> {
  const acknowledged = new Map<number, string>();
  for (let life = 0; life < 2; life++) {
    const options = place.options({ secret, rotation: { segmentBytes: 1800 } });
    const log = await AuditLog.open(options, { fileSystem }).catch(() => undefined);
    if (log === undefined) continue;
    for (let n = 0; n < 4; n++) {
      const { durable } = log.emit(testEvent(n, n === 1 ? 'CRITICAL' : 'INFO'));
      await durable.then(
        ({ seq, leaf }) => acknowledged.set(seq, toHex(leaf)),
        () => undefined,
      );
    }
    await log.close().catch(() => undefined);
  }
  return acknowledged;
}

async function assertSound(acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const log = await AuditLog.open(place.options({ secret }));
  await log.emit(testEvent(99)).durable;
  await log.close();
  // What was cut short is not left lying: an old key would be of use to a thief.
  expect(readdirSync(`${place.dir}.keys`).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  const result = await verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, hashes });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
  const leaves = new Map<number, string>();
  for await (const { record, bytes } of query(await openLog(place.dir))) {
    leaves.set(record.seq, toHex(leafHash(hashes, bytes)));
  }
  for (const [seq, leaf] of acknowledged) expect(leaves.get(seq)).toBe(leaf);
}

describe.each([
  ['fails', false],
  ['fails, and all after it', true],
])('an operation %s', (_, forGood) => {
  test('acknowledged records survive, the log verifies and goes on', async () => {
    const healthy = new FailingFileSystem(Number.POSITIVE_INFINITY, forGood);
    expect((await live(healthy)).size).toBe(8);
    expect(healthy.done).toBeGreaterThan(100);
    for (let failing = 1; failing <= healthy.done; failing++) {
      place.remove();
      place = new ScratchLog();
      const fileSystem = new FailingFileSystem(failing, forGood);
      const acknowledged = await live(fileSystem);
      const sound = async (): Promise<void> => {
        expect(fileSystem.strayCloses).toEqual([]);
        expect([...fileSystem.openDescriptors]).toEqual([]);
        await assertSound(acknowledged);
      };
      await sound().catch((error: unknown) => {
        const { op } = fileSystem.operations[failing - 1] as FileOperation;
        throw new Error(`after operation ${failing}, ${op}, failed`, { cause: error });
      });
    }
  }, 300_000);
});
