import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { leafHash } from '../src/hash/tree-hashes.js';
import { AuditLog, type AuditLogSeams } from '../src/node/audit-log.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { readSegment } from '../src/node/segment-content.js';
import { BEST_COMPRESSION } from '../src/node/zlib-streams.js';
import { query } from '../src/query/query.js';
import { parseSegmentName, segmentName } from '../src/segment-name.js';
import type { VerificationResult } from '../src/verify/verification-result.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';
import { TestFileSystem } from './test-file-system.js';

const secret = 'a secret of sixteen bytes or more';

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** A log that has closed three segments. */
async function openWithSegments(seams: AuditLogSeams = {}): Promise<AuditLog> {
  const rotation = { segmentBytes: 1024, daily: false };
  const log = await AuditLog.open(place.options({ secret, rotation }), seams);
  while (place.segments().length < 4) await log.emit(testEvent(1)).durable;
  return log;
}

const compressions = () => place.segments().map((name) => parseSegmentName(name)?.compression);
const path = (name: string): string => join(place.dir, name);
const unfinished = (): string[] => readdirSync(place.dir).filter((name) => name.endsWith('.tmp'));

async function verify(log: AuditLog): Promise<VerificationResult> {
  return verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, hashes });
}

async function typesOf(): Promise<string[]> {
  const types: string[] = [];
  for await (const { record } of query(await openLog(place.dir))) types.push(record.eventType);
  return types;
}

test('closed segments are compressed, the same bytes inside, and the log verifies and goes on', async () => {
  const log = await openWithSegments();
  const before = new Map(place.segments().map((name) => [name, readFileSync(path(name))]));
  expect(await log.archive()).toBe(3);
  expect(compressions()).toEqual([BEST_COMPRESSION, BEST_COMPRESSION, BEST_COMPRESSION, undefined]);
  for (const [name, bytes] of [...before].slice(0, 3)) {
    const { firstSeq = 0 } = parseSegmentName(name) ?? {};
    const pieces: Uint8Array[] = [];
    for await (const piece of readSegment(place.dir, segmentName(firstSeq, BEST_COMPRESSION)))
      pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(bytes);
  }
  expect(await log.archive()).toBe(0);
  expect((await typesOf()).filter((type) => type === 'segment_archived')).toHaveLength(3);
  const { durable } = log.emit(testEvent(2));
  const { seq, leaf } = await durable;
  await log.close();
  expect(await verify(log)).toMatchObject({ status: 'verified', mac: 'verified', closed: true, firstSeq: 0 });

  const again = await AuditLog.open(place.options());
  await again.emit(testEvent(3)).durable;
  await again.prune({ maxSegments: 1 });
  await again.close();
  expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
  for await (const entry of query(await openLog(place.dir))) {
    if (entry.record.seq === seq) expect(toHex(leafHash(hashes, entry.bytes))).toBe(toHex(leaf));
  }
});

test('SHA256SUMS goes with them', async () => {
  const log = await openWithSegments();
  const check = (): string[] => {
    const printed = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: place.dir, encoding: 'utf8' });
    return printed.trim().split('\n').sort();
  };
  expect(check()).toEqual(
    place
      .segments()
      .slice(0, 3)
      .map((name) => `${name}: OK`),
  );
  await log.archive();
  expect(check()).toEqual(
    place
      .segments()
      .slice(0, 3)
      .map((name) => `${name}: OK`),
  );
  await log.prune({ maxSegments: 1 });
  expect(check()).toEqual([`${place.segments()[0]}: OK`]);
  await log.close();
});

test('the plain file goes only when the compressed one was read back and recorded', async () => {
  const fileSystem = new TestFileSystem();
  const log = await openWithSegments({ fileSystem });
  fileSystem.fails = (operation) => operation.op === 'remove' && operation.path.endsWith('.ndjson');
  await expect(log.archive()).rejects.toMatchObject({ code: 'RETENTION_FAILED', retriable: true });
  expect(compressions()).toContain(undefined);
  expect(compressions().slice(0, 2).sort()).toEqual([BEST_COMPRESSION, undefined]);
  expect((await typesOf()).at(-1)).toBe('segment_archived');
  fileSystem.fails = () => false;
  expect(await log.archive()).toBe(3);
  await log.close();
  expect(place.errors).toEqual([]);
  expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
});

test('what is not read back as it was is discarded', async () => {
  const fileSystem = new TestFileSystem();
  const log = await openWithSegments({ fileSystem });
  // What the disk does to it after it was written.
  const run = fileSystem.run.bind(fileSystem);
  fileSystem.run = async (operation) => {
    const result = await run(operation);
    if (operation.op === 'rename' && /\.(gz|zst)$/.test(operation.to)) truncateSync(operation.to, 100);
    return result;
  };
  await expect(log.archive()).rejects.toMatchObject({ code: 'RETENTION_FAILED' });
  expect(compressions()).toEqual([undefined, undefined, undefined, undefined]);
  await log.close();
  expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
});

test('a full disk leaves everything plain, and no rest', async () => {
  const fileSystem = new TestFileSystem();
  fileSystem.code = 'ENOSPC';
  const log = await openWithSegments({ fileSystem });
  let compressing: number | undefined;
  fileSystem.fails = (operation) => {
    if (operation.op === 'wait') compressing = fileSystem.operations.length;
    return operation.op === 'write' && compressing !== undefined;
  };
  await expect(log.archive()).rejects.toMatchObject({ code: 'RETENTION_FAILED' });
  fileSystem.fails = () => false;
  expect(unfinished()).toEqual([]);
  await log.emit(testEvent(1)).durable;
  await log.close();
  expect(place.errors).toEqual([]);
  expect(compressions()).not.toContain(BEST_COMPRESSION);
});

test('opening removes what a crash left half compressed', async () => {
  const log = await openWithSegments();
  await log.archive();
  await log.close();
  writeFileSync(path(`${segmentName(0)}.gz.0123456789abcdef.tmp`), 'half');
  const again = await AuditLog.open(place.options());
  expect(unfinished()).toEqual([]);
  await again.close();
  expect(await verify(log)).toMatchObject({ status: 'verified' });
});

test('a chain that goes on from a compressed segment', async () => {
  const rotation = { segmentBytes: 1024, daily: false };
  const fileSystem = new TestFileSystem();
  const log = await AuditLog.open(place.options({ secret, rotation }), { fileSystem });
  // The newest segment is made, and nothing comes into it.
  fileSystem.fails = (operation) =>
    operation.op === 'write' &&
    place.segments().length === 2 &&
    Buffer.from(operation.bytes).includes('segment_opened');
  while (place.errors.length === 0) await log.emit(testEvent(1)).durable.catch(() => undefined);
  await log.close().catch(() => undefined);
  const [closed = '', newest = ''] = place.segments();
  truncateSync(path(newest));
  const bytes = readFileSync(path(closed));
  writeFileSync(path(`${closed}.gz`), gzipSync(bytes));
  rmSync(path(closed));
  const again = await AuditLog.open(place.options());
  await again.emit(testEvent(2)).durable;
  await again.close();
  expect(await verify(again)).toMatchObject({ status: 'verified', closed: true });
});

test('a log whose newest segment is compressed, or the one it goes on from is corrupt, is refused', async () => {
  const log = await openWithSegments();
  await log.archive();
  await log.close();
  const newest = place.segments().at(-1) as string;
  const bytes = readFileSync(path(newest));
  const refused = expect.objectContaining({ code: 'LOG_DAMAGED' });
  rmSync(path(newest));
  await expect(AuditLog.open(place.options())).rejects.toThrow(refused);
  // Empty: the chain is read from the compressed one before.
  writeFileSync(path(newest), '');
  rmSync(path('checkpoint'));
  truncateSync(path(place.segments()[2] as string), 60);
  await expect(AuditLog.open(place.options())).rejects.toThrow(refused);
  writeFileSync(path(newest), bytes);
  await (await AuditLog.open(place.options())).close();
});

test('closing ends it after the segment under way', async () => {
  const log = await openWithSegments();
  const archiving = log.archive().catch(({ code }: { code: string }) => code);
  await log.close();
  const archived = await archiving;
  expect(archived === 'LOG_CLOSED' || Number(archived) <= 3).toBe(true);
  await expect(log.archive()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  expect(unfinished()).toEqual([]);
  expect(await verify(log)).toMatchObject({ status: 'verified', closed: true });
});
