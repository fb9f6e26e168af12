import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import type { FileOperation } from '../src/node/file-operation.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestClock } from './test-clock.js';
import { TestFileSystem } from './test-file-system.js';

const MIB = 1_048_576;
const secret = 'a secret of sixteen bytes or more';

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** With the reserve that a log has by default. */
function options(more: Partial<AuditLogOptions> = {}): AuditLogOptions {
  const { reserveBytes, ...others } = place.options({ secret });
  expect(reserveBytes).toBe(0);
  return { ...others, ...more };
}

/** A disk with so many bytes left; what is removed gives its bytes back. */
class SmallDisk extends TestFileSystem {
  free = Number.POSITIVE_INFINITY;
  override code = 'ENOSPC';
  override fails = (operation: FileOperation): boolean => {
    if (operation.op === 'remove' && existsSync(operation.path)) this.free += statSync(operation.path).size;
    if (operation.op !== 'write') return false;
    if (operation.bytes.length > this.free) return true;
    this.free -= operation.bytes.length;
    return false;
  };

  override async run(operation: FileOperation): Promise<unknown> {
    return operation.op === 'freeBytes' ? this.free : super.run(operation);
  }
}

async function assertVerified(vkey: string): Promise<void> {
  const result = await verifyLog(await openLog(place.dir), { secret, vkey, hashes });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
}

const dropped = (): number =>
  place
    .records()
    .filter(({ eventType }) => eventType === 'events_dropped')
    .reduce((sum, { members }) => sum + Number(members['count']), 0);

/** What holds on a full disk, whoever filled it. */
async function assertFullDiskIsBorne(log: AuditLog): Promise<void> {
  // The record that meets the full disk is in the chain already, and is written in the room of the reserve. A page that
  // has room left takes some before it.
  for (let n = 0; n < 100 && place.errors.length === 0; n++) await log.emit(testEvent(n)).durable;
  expect(place.errors.map(({ code }) => code)).toEqual(['DISK_FULL']);
  await expect(log.emit(testEvent(2)).durable).rejects.toMatchObject({ code: 'DISK_FULL', retriable: true });
  const critical = Array.from({ length: 20 }, (_, n) => log.emit(testEvent(n, 'CRITICAL')).durable);
  expect(await Promise.all(critical)).toHaveLength(20);
  await expect(log.emit(testEvent(3)).durable).rejects.toMatchObject({ code: 'DISK_FULL' });
  await log.close();
  expect(place.records().filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(20);
  expect(dropped()).toBe(2);
  await assertVerified(log.vkey);
}

describe('a full disk', () => {
  test('takes CRITICAL records and the close in the room of the reserve; what is dropped is accounted for', async () => {
    const fileSystem = new SmallDisk();
    const log = await AuditLog.open(options(), { fileSystem });
    expect(statSync(join(place.dir, 'reserve')).size).toBe(8 * MIB);
    fileSystem.free = 100;
    await assertFullDiskIsBorne(log);
    expect(readdirSync(place.dir)).not.toContain('reserve');
    expect(readdirSync(`${place.dir}.keys`).sort()).toEqual(['key.state', 'signing.key']);
  });

  test('is borne in a synchronous write as well', async () => {
    const fileSystem = new SmallDisk();
    const log = await AuditLog.open(options(), { fileSystem });
    fileSystem.free = 100;
    const { durable } = log.emit(testEvent(1, 'CRITICAL'));
    log.flushSync();
    expect(place.types()).toContain('test_event');
    await durable;
    await log.close();
    await assertVerified(log.vkey);
  });

  test('is forgotten when there is room again', async () => {
    const fileSystem = new SmallDisk();
    const clock = new TestClock();
    const log = await AuditLog.open(options({ reserveBytes: 2 * MIB }), { fileSystem, clock });
    fileSystem.free = 100;
    await log.emit(testEvent(1)).durable;
    fileSystem.free = 2 * MIB; // too little for a reserve and anything beside it
    clock.pass(1_000_000);
    await expect(log.emit(testEvent(2)).durable).rejects.toMatchObject({ code: 'DISK_FULL' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readdirSync(place.dir)).not.toContain('reserve');
    fileSystem.free = 5 * MIB;
    clock.pass(1_000_000);
    await expect(log.emit(testEvent(3)).durable).rejects.toMatchObject({ code: 'DISK_FULL' });
    while (dropped() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(statSync(join(place.dir, 'reserve')).size).toBe(2 * MIB);
    await log.emit(testEvent(4)).durable;
    await log.close();
    await assertVerified(log.vkey);
  });

  test('without a reserve, or when that is used up, ends the writer', async () => {
    for (const reserveBytes of [0, 2 * MIB]) {
      const fileSystem = new SmallDisk();
      const log = await AuditLog.open(options({ reserveBytes }), { fileSystem });
      fileSystem.free = reserveBytes === 0 ? 0 : -4 * MIB;
      await expect(log.emit(testEvent(1, 'CRITICAL')).durable).rejects.toMatchObject({
        code: 'WRITER_FAILED',
      });
      await expect(log.close()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    }
    const log = await AuditLog.open(options());
    await log.close();
    await assertVerified(log.vkey);
  });

  test('is found at opening; what a crashed writer left of its reserve is enough', async () => {
    const fileSystem = new SmallDisk();
    await (await AuditLog.open(options(), { fileSystem })).close();
    fileSystem.free = MIB;
    const refused = AuditLog.open(options(), { fileSystem });
    await expect(refused).rejects.toMatchObject({ code: 'DISK_FULL', retriable: true });
    expect(readdirSync(place.dir)).not.toContain('reserve');

    fileSystem.free = Number.POSITIVE_INFINITY;
    const failing = await AuditLog.open(options(), { fileSystem });
    const { fails } = fileSystem;
    fileSystem.fails = ({ op }) => op === 'datasync';
    await expect(failing.close()).rejects.toMatchObject({ code: 'WRITER_FAILED' });
    fileSystem.fails = fails;
    fileSystem.free = 100;
    const log = await AuditLog.open(options(), { fileSystem });
    await log.emit(testEvent(1, 'CRITICAL')).durable;
    await log.close();
    await assertVerified(log.vkey);
  });
});

/** Mounts a small file system of its own; says why it could not. */
function mountSmall(directory: string): string | undefined {
  const args = ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory];
  const { error, status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (error !== undefined) return 'there is no mount';
  return status === 0 ? undefined : stderr.trim();
}

const unmount = (directory: string): Buffer => execFileSync('umount', [directory]);

/** Why no file system can be mounted here. */
function whyNot(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'mount-'));
  const obstacle = mountSmall(directory);
  if (obstacle === undefined) unmount(directory);
  rmdirSync(directory);
  return obstacle;
}

function fillUp(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (const piece of [Buffer.alloc(65_536), Buffer.alloc(1)]) {
      while (fits(fd, piece)); // until nothing does
    }
  } finally {
    closeSync(fd);
  }
}

function fits(fd: number, piece: Buffer): boolean {
  try {
    return writeSync(fd, piece) > 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
    return false;
  }
}

const title = 'a full tmpfs takes CRITICAL records and the close';
const obstacle = whyNot();

test.skipIf(obstacle !== undefined)(
  obstacle === undefined ? title : `${title} (not run: ${obstacle})`,
  async () => {
    expect(mountSmall(place.scratch)).toBeUndefined();
    try {
      const log = await AuditLog.open(options());
      fillUp(join(place.scratch, 'filler'));
      await assertFullDiskIsBorne(log);
      await (await AuditLog.open(options({ reserveBytes: 2 * MIB }))).close();
    } finally {
      unmount(place.scratch);
    }
  },
);
