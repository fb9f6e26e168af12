import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog } from '../src/node/audit-log.js';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog, testEvent } from './scratch-log.js';

// However a process ends, what it acknowledged is in its log, and a writer goes on with it.

const PROGRAM = fileURLToPath(new URL('./programs/ending.mjs', import.meta.url));
const secret = 'sixteen bytes or more';

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** Runs the program to its end; gives what it said, line by line. */
function end(how: string): {
  readonly status: number | null;
  readonly signal: string | null;
  readonly said: string[];
} {
  const { status, signal, stdout } = spawnSync(process.execPath, [PROGRAM, place.dir, how], {
    encoding: 'utf8',
  });
  return { status, signal, said: stdout.split('\n').filter(Boolean) };
}

async function assertSound(acknowledged: readonly number[]): Promise<void> {
  const log = await AuditLog.open(place.options({ secret }));
  await log.emit(testEvent(999)).durable;
  await log.close();
  expect(await verifyLog(await openLog(place.dir), { secret, vkey: log.vkey, hashes })).toMatchObject({
    status: 'verified',
    closed: true,
  });
  const records = place.records();
  // Record 0 is log_opened; the n-th event is record n + 1.
  for (const seq of acknowledged) expect(records[seq]).toMatchObject({ seq, members: { n: seq - 1 } });
}

test.each([
  ['exit', { status: 0, signal: null }],
  ['signal', { status: null, signal: 'SIGTERM' }],
  ['exception', { status: 1, signal: null }],
])('a process that ends by %s loses no record that it acknowledged', async (how, ended) => {
  const { said, ...outcome } = end(how);
  expect(outcome).toEqual(ended);
  const acknowledged = said.map(Number);
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);
  await assertSound(acknowledged);
});

test.each([
  ['exit-handler', { status: 0, signal: null }],
  ['exception-handler', { status: 70, signal: null }],
])('an %s writes a CRITICAL record, and all before it, before it returns', async (how, ended) => {
  const { said, ...outcome } = end(how);
  expect(outcome).toEqual(ended);
  expect(said).toContain('the last record is durable');
  await assertSound(Array.from({ length: 301 }, (_, n) => n + 1));
  expect(place.records()[301]).toMatchObject({ severity: 'CRITICAL', members: { n: 300 } });
});
