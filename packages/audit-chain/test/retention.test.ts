import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalSigner } from '../src/keys/signing-key.js';
import { AuditLog, type AuditLogSeams } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import type { FileOperation } from '../src/node/file-operation.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { parseSegmentName } from '../src/segment-name.js';
import type { VerificationResult } from '../src/verify/verification-result.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestClock } from './test-clock.js';
import { TestFileSystem } from './test-file-system.js';

const secret = 'a secret of sixteen bytes or more';
const DAY_MICROS = 86_400_000_000;

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** A log that has closed four segments, with one record in each. */
async function openWithSegments(
  more: Partial<AuditLogOptions> = {},
  seams: AuditLogSeams = {},
): Promise<AuditLog> {
  const rotation = { segmentBytes: 1024, daily: false };
  const log = await AuditLog.open(place.options({ secret, rotation, ...more }), seams);
  while (place.segments().length < 5) await log.emit(testEvent(1)).durable;
  return log;
}

const firstSeqs = (): number[] =>
  place.segments().map((name) => parseSegmentName(name)?.firstSeq ?? Number.NaN);
const pruned = () => place.records().filter(({ eventType }) => eventType === 'segments_pruned');

async function verify(log: AuditLog, anchors: readonly string[] = []): Promise<VerificationResult> {
  return verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, anchors, hashes });
}

describe('prune', () => {
  test('removes the oldest segments beyond the number that is kept; the log verifies and goes on', async () => {
    const log = await openWithSegments();
    const before = firstSeqs();
    const result = await log.prune({ maxSegments: 1 });
    expect(result).toEqual({ firstSeq: 0, lastSeq: (before[3] as number) - 1 });
    expect(firstSeqs()).toEqual(before.slice(3));
    expect(pruned().map(({ members }) => members)).toMatchObject([
      { first_seq: 0, last_seq: (before[3] as number) - 1 },
    ]);
    expect(await verify(log)).toMatchObject({ status: 'verified', mac: 'verified', firstSeq: before[3] });
    const anchor = readFileSync(join(place.dir, 'checkpoint'), 'utf8');
    await log.close();
    const again = await AuditLog.open(place.options());
    await again.emit(testEvent(2)).durable;
    await again.close();
    expect(await verify(log, [anchor])).toMatchObject({ status: 'verified', closed: true });
  });

  test('leaves no sum of what it removed', async () => {
    const log = await openWithSegments();
    await log.prune({ maxSegments: 1 });
    const check = (): string =>
      execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: place.dir, encoding: 'utf8' });
    expect(check().trim().split('\n')).toHaveLength(1);
    await log.prune({ maxSegments: 0 });
    expect(existsSync(join(place.dir, 'SHA256SUMS'))).toBe(false);
    await log.close();
  });

  test('never removes the open segment, nor anything when nothing is due', async () => {
    const log = await openWithSegments();
    expect(await log.prune()).toBeUndefined();
    expect(await log.prune({ maxSegments: 4 })).toBeUndefined();
    expect(pruned()).toEqual([]);
    const newest = firstSeqs().at(-1);
    expect(await log.prune({ maxSegments: 0 })).toMatchObject({ lastSeq: (newest as number) - 1 });
    expect(await log.prune({ maxSegments: 0 })).toBeUndefined();
    expect(firstSeqs()).toEqual([newest]);
    await log.close();
    expect(await verify(log)).toMatchObject({ status: 'verified' });
  });

  test('keeps every record for seven years, and for as long as it is told', async () => {
    const clock = new TestClock();
    const log = await AuditLog.open(place.options({ secret }), { clock });
    for (let year = 0; year < 8; year++) {
      await log.emit(testEvent(year)).durable;
      clock.pass(366 * DAY_MICROS);
    }
    await log.emit(testEvent(8)).durable;
    const before = firstSeqs();
    expect(before).toHaveLength(9);
    expect(await log.prune()).toMatchObject({ firstSeq: 0 });
    expect(firstSeqs()).toEqual(before.slice(1));
    expect(await log.prune({ maxAgeDays: 367 })).toMatchObject({ firstSeq: before[1] });
    // A segment is as old as the beginning of the next.
    expect(firstSeqs()).toEqual(before.slice(6));
    await log.close();
    expect(await verify(log)).toMatchObject({ status: 'verified' });
  });

  test('trusts no age once the clock has jumped', async () => {
    const clock = new TestClock();
    const log = await openWithSegments({}, { clock });
    clock.wall = Date.UTC(2099, 0, 1) * 1000;
    expect(await log.prune()).toBeUndefined();
    await log.emit(testEvent(2)).durable;
    expect(await log.prune()).toBeUndefined();
    expect(await log.prune({ maxSegments: 3 })).toMatchObject({ firstSeq: 0 });
    await log.close();
  });

  test('keeps what opening wants to know of the root key', async () => {
    const log = await openWithSegments();
    await log.prune({ maxSegments: 0 });
    expect(place.types()).not.toContain('log_opened');
    await log.emit(testEvent(1)).durable;
    await log.prune({ maxSegments: 0 });
    await log.close();
    await (await AuditLog.open(place.options())).close();
    const opened = place.records().filter(({ eventType }) => eventType === 'log_opened');
    expect(opened.at(-1)?.members['root_kind']).toBe('secret');
  });

  test('refuses rules that make no sense, before the log is touched', async () => {
    await expect(AuditLog.open(place.options({ retention: { maxAgeDays: 0 } }))).rejects.toThrow(RangeError);
    expect(existsSync(place.dir)).toBe(false);
    const log = await openWithSegments();
    await expect(log.prune({ maxSegments: -1 })).rejects.toThrow(RangeError);
    await log.close();
    await expect(log.prune()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });
});

describe('before a file goes', () => {
  const isRemoval = (operation: FileOperation): boolean =>
    operation.op === 'remove' && operation.path.includes('/segment-');

  test('the record of it is there, and covered by a checkpoint', async () => {
    const fileSystem = new TestFileSystem();
    const log = await openWithSegments({}, { fileSystem });
    fileSystem.fails = isRemoval;
    await expect(log.prune({ maxSegments: 2 })).rejects.toMatchObject({
      code: 'RETENTION_FAILED',
      retriable: true,
    });
    expect(await verify(log)).toMatchObject({ status: 'verified', tail: 0, firstSeq: 0 });
    expect(place.types().slice(-2)).toEqual(['segments_pruned', 'checkpoint']);
    // The log goes on, and the same is not recorded twice.
    fileSystem.fails = () => false;
    expect(await log.prune({ maxSegments: 2 })).toMatchObject({ firstSeq: 0 });
    expect(pruned()).toHaveLength(1);
    await log.emit(testEvent(2)).durable;
    await log.close();
    expect(place.errors).toEqual([]);
    expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
  });

  test('each is gone for good before the next', async () => {
    const fileSystem = new TestFileSystem();
    const log = await openWithSegments({}, { fileSystem });
    await log.prune({ maxSegments: 1 });
    const done = fileSystem.operations.slice(fileSystem.operations.findIndex(isRemoval));
    expect(done.map(({ op }) => op)).toEqual(
      Array.from({ length: 3 }, () => ['remove', 'syncDirectory']).flat(),
    );
    await log.close();
  });

  test('a checkpoint that nobody signs keeps them all', async () => {
    const local = new LocalSigner(new Uint8Array(32).fill(7));
    let isDown = false;
    const signer = {
      publicKey: local.publicKey,
      sign: (message: Uint8Array) => {
        if (isDown) throw new Error('the signer is down');
        return local.sign(message);
      },
    };
    const log = await openWithSegments({ signer });
    const before = firstSeqs();
    isDown = true;
    await expect(log.prune({ maxSegments: 0 })).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
    expect(firstSeqs()).toEqual(before);
    isDown = false;
    expect(await log.prune({ maxSegments: 0 })).toMatchObject({ firstSeq: 0 });
    expect(pruned()).toHaveLength(1);
    await log.close();
    expect(await verify(log)).toMatchObject({ status: 'verified' });
  });
});

describe('by itself', () => {
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('a log with the option prunes when it is opened and when a segment is closed', async () => {
    await (await openWithSegments()).close();
    const rotation = { segmentBytes: 1024, daily: false };
    const log = await AuditLog.open(place.options({ rotation, retention: { maxSegments: 2 } }));
    await until(() => pruned().length === 1 && place.segments().length === 3);
    for (let n = 0; pruned().length < 2; n++) await log.emit(testEvent(n)).durable;
    await until(() => place.segments().length === 3);
    await log.close();
    expect(place.errors).toEqual([]);
    expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
  });

  test('a log without it keeps everything', async () => {
    const clock = new TestClock();
    const log = await openWithSegments({}, { clock });
    clock.pass(8 * 366 * DAY_MICROS);
    await log.emit(testEvent(1)).durable;
    await log.close();
    expect(firstSeqs()[0]).toBe(0);
  });

  test('a failure is told, once', async () => {
    await (await openWithSegments()).close();
    const fileSystem = new TestFileSystem();
    fileSystem.fails = (operation) => operation.op === 'remove' && operation.path.includes('/segment-');
    const log = await AuditLog.open(place.options({ retention: { maxSegments: 2 } }), { fileSystem });
    await until(() => place.errors.length > 0);
    await log.emit(testEvent(1)).durable;
    await log.close();
    expect(place.errors.map(({ code }) => code)).toEqual(['RETENTION_FAILED']);
  });
});

test('records are written while a log is pruned, also those that cannot wait', async () => {
  const log = await openWithSegments();
  const pruning = log.prune({ maxSegments: 0 });
  const emitted: Promise<unknown>[] = [];
  let isPruned = false;
  void pruning.then(() => {
    isPruned = true;
  });
  while (!isPruned) {
    emitted.push(log.emit(testEvent(1)).durable);
    log.flushSync();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(emitted);
  const closing = log.close();
  await expect(log.prune({ maxSegments: 0 })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  await closing;
  expect(emitted.length).toBeGreaterThan(0);
  expect(readdirSync(place.dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
});
