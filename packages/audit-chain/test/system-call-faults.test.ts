import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assertKept } from './kept-records.js';
import { ScratchLog } from './scratch-log.js';
import { whyNoTracing } from './system-calls.js';

// The faults of failing-operations.test.ts from outside: strace makes the real system calls of an untouched writer fail.
// It cannot shorten a write, only skip it: what a short one does is shown there, and on a full disk in disk-full.test.ts.

const PROGRAM = fileURLToPath(new URL('./programs/session.mjs', import.meta.url));
const obstacle = whyNoTracing();
/** More calls of one kind than the session makes. */
const MANY = 60;

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** Runs the session; its n-th call of that kind meets the fault. One thread makes all of them, so that they are counted. */
function live(call: string, fault: string, n: number): { readonly said: string; readonly isMet: boolean } {
  const trace = join(place.scratch, 'trace');
  const inject = `inject=${call}:${fault}:when=${n}`;
  const args = ['-f', '-o', trace, '-e', `trace=${call}`, '-e', inject, process.execPath, PROGRAM, place.dir];
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { stdout } = spawnSync('strace', args, { encoding: 'utf8', env });
  const traced = readFileSync(trace, 'utf8');
  return { said: stdout, isMet: /\(INJECTED\)|killed by SIGKILL/.test(traced) };
}

describe.each([
  ['pwrite64', 'error=EIO'],
  ['pwrite64', 'error=ENOSPC'],
  ['pwrite64', 'signal=SIGKILL'],
  ['fdatasync', 'error=EIO'],
  ['fdatasync', 'signal=SIGKILL'],
  ['fsync', 'error=EIO'],
  ['fsync', 'signal=SIGKILL'],
  ['rename', 'error=EIO'],
  ['rename', 'error=ENOSPC'],
  ['rename', 'signal=SIGKILL'],
])('%s with %s', (call, fault) => {
  const title = 'at any time: acknowledged records survive, the log verifies and goes on';
  const skipped = obstacle !== undefined;
  test.skipIf(skipped)(
    skipped ? `${title} (not run: ${obstacle})` : title,
    async () => {
      let n = 1;
      for (let isMet = true; isMet; n++) {
        expect(n).toBeLessThan(MANY);
        place.remove();
        place = new ScratchLog();
        const session = live(call, fault, n);
        isMet = session.isMet;
        if (!isMet) expect(session.said).toMatch(/\nclosed\n$/);
        await assertKept(place, session.said).catch((error: unknown) => {
          throw new Error(`after ${fault} in call ${n} of ${call}`, { cause: error });
        });
      }
      expect(n).toBeGreaterThan(4);
    },
    900_000,
  );
});
