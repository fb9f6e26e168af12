import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalSigner } from '../src/keys/signing-key.js';
import { AuditLog } from '../src/node/audit-log.js';
import type { AuditLogOptions } from '../src/node/audit-log-options.js';
import { openLog } from '../src/node/open-log.js';
import { rollover } from '../src/node/rollover.js';
import { type Checkpoint, parseCheckpoint } from '../src/note/checkpoint.js';
import { readContinuation } from '../src/verify/continuation.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { runCommand } from './run-command.js';
import { ScratchLog, testEvent } from './scratch-log.js';

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

const options = (name: string, more: Partial<AuditLogOptions> = {}): AuditLogOptions =>
  place.options({ dir: join(place.scratch, name), ...more });

/** A log `old`, rolled over to `new` with another key. */
async function rolledOver(): Promise<{ old: AuditLog; next: AuditLog }> {
  const old = await AuditLog.open(options('old'));
  for (let n = 0; n < 3; n++) old.emit(testEvent(n));
  const signer = new LocalSigner(new Uint8Array(32).fill(9));
  const asynchronous = {
    publicKey: signer.publicKey,
    sign: async (message: Uint8Array) => signer.sign(message),
  };
  const next = await rollover(old, options('new', { signer: asynchronous }));
  await next.emit(testEvent(4)).durable;
  await next.close();
  return { old, next };
}

async function linkOf(log: AuditLog): Promise<Checkpoint> {
  return (await readContinuation(await openLog(log.dir))) as Checkpoint;
}

test('rolling over closes the old log, and record 0 of the new one names its last checkpoint', async () => {
  const { old, next } = await rolledOver();
  expect(next.vkey).not.toBe(old.vkey);
  const link = await linkOf(next);
  expect(link).toMatchObject({ origin: old.origin, treeSize: old.treeSize - 1 });
  const whole = await verifyLog(await openLog(old.dir), { vkey: old.vkey, successors: [link] });
  expect(whole).toMatchObject({ status: 'verified', closed: true, exitCode: 0 });
  expect(await verifyLog(await openLog(next.dir), { vkey: next.vkey })).toMatchObject({ status: 'verified' });
  expect(await readContinuation(await openLog(old.dir))).toBeUndefined();
});

test('a log that is not where the later one begins is told by its defect', async () => {
  const { old, next } = await rolledOver();
  const link = await linkOf(next);
  const judged = async (...successors: Checkpoint[]): Promise<unknown> => {
    const { exitCode, defects } = await verifyLog(await openLog(old.dir), { vkey: old.vkey, successors });
    return [exitCode, ...defects.map(({ reason }) => reason)];
  };
  expect(await judged({ ...link, origin: next.origin })).toEqual([10, 'IDENTITY_MISMATCH']);
  expect(await judged({ ...link, rootHash: new Uint8Array(32) })).toEqual([10, 'FORKED']);
  expect(await judged({ ...link, treeSize: 1000 })).toEqual([12, 'ROLLED_BACK']);
  expect(await judged(link, link)).toEqual([10, 'FORKED']);
  await (await AuditLog.open(options('old'))).close(); // goes on after it was continued
  expect(await judged(link)).toEqual([10, 'FORKED']);
});

test('nothing is rolled over into a log that is there, and without a last checkpoint no log is made', async () => {
  const there = await AuditLog.open(options('there'));
  await there.close();
  let isDown = false;
  const local = new LocalSigner(new Uint8Array(32).fill(7));
  const signer = {
    publicKey: local.publicKey,
    sign: (message: Uint8Array) => (isDown ? Promise.reject(new Error('down')) : local.sign(message)),
  };
  const log = await AuditLog.open(options('old', { signer }));
  await expect(rollover(log, options('there'))).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
  await log.emit(testEvent(1)).durable; // it was not closed
  isDown = true;
  await expect(rollover(log, options('new'))).rejects.toMatchObject({ code: 'NOT_PROVABLE' });
  await expect(openLog(join(place.scratch, 'new'))).rejects.toMatchObject({ code: 'NOT_A_LOG' });
});

test('a continuation that is no checkpoint is refused', async () => {
  const continues = { origin: 'a log', treeSize: 1, rootHash: new Uint8Array(32) };
  await expect(AuditLog.open(options('new', { continues }))).rejects.toThrow(TypeError);
});

test('the command line begins a log that continues another, and checks the link when given both', async () => {
  const oldDir = join(place.scratch, 'old');
  const newDir = join(place.scratch, 'new');
  const old = await AuditLog.open(options('old'));
  await old.close();
  const run = (...args: string[]): ReturnType<typeof runCommand> => runCommand(args);
  expect((await run('init', newDir, '--worker-id', 'gpu-0', '--continues', oldDir)).code).toBe(0);
  const last = parseCheckpoint(readFileSync(join(oldDir, 'checkpoint'), 'utf8'));
  expect(await readContinuation(await openLog(newDir))).toEqual({
    origin: last.origin,
    treeSize: last.treeSize,
    rootHash: last.rootHash,
  });
  expect((await run('verify', oldDir, newDir)).code).toBe(11); // no key was given
  await (await AuditLog.open(options('old'))).close();
  for (const logs of [
    [oldDir, newDir],
    [newDir, oldDir],
  ]) {
    const { code, out } = await run('verify', ...logs);
    expect(code).toBe(10);
    expect(out).toContain('FORKED');
  }
  expect((await run('verify', oldDir)).code).toBe(11);
  expect(
    (await run('init', join(place.scratch, 'x'), '--worker-id', 'g', '--continues', place.scratch)).code,
  ).toBe(2);
});
