import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeHashes as hashes } from '../src/node/node-hashes.js';
import { openLog } from '../src/node/open-log.js';
import { verifyLog } from '../src/verify/verify-log.js';
import { ScratchLog } from './scratch-log.js';
import { timesOf } from './torture.js';

const PROGRAM = fileURLToPath(new URL('./programs/racer.mjs', import.meta.url));
const ROUNDS = timesOf(1000, 10_000);

let place: ScratchLog;
let racers: ChildProcess[];
beforeEach(async () => {
  place = new ScratchLog();
  racers = [1, 2].map(() => fork(PROGRAM, [place.dir]));
  await Promise.all(racers.map((racer) => once(racer, 'message')));
});
afterEach(() => {
  for (const racer of racers) racer.kill('SIGKILL');
  place.remove();
});

/** Tells a process what to do and waits for its answer. */
async function tell(racer: ChildProcess, command: 'open' | 'close'): Promise<unknown> {
  const answer = once(racer, 'message');
  racer.send(command);
  return (await answer)[0];
}

test(`of two processes that open a log at once exactly one gets it, ${ROUNDS} times`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(racers.map((racer) => tell(racer, 'open')));
    expect(answers.toSorted()).toEqual(['LOG_LOCKED', 'opened']);
    const winner = racers[answers.indexOf('opened')] as ChildProcess;
    expect(await tell(winner, 'close')).toBe('closed');
  }
  const secret = 'a secret of sixteen bytes or more';
  const result = await verifyLog(await openLog(place.dir), { secret, hashes });
  expect(result).toMatchObject({ status: 'verified', mac: 'verified', closed: true });
  expect(place.types().filter((type) => type === 'log_opened')).toHaveLength(ROUNDS);
}, 1_800_000);

test('the lock of a process that was killed is taken at once by the one that waits for it', async () => {
  const [first, second] = racers as [ChildProcess, ChildProcess];
  expect(await tell(first, 'open')).toBe('opened');
  expect(await tell(second, 'open')).toBe('LOG_LOCKED');
  const died = once(first, 'exit');
  first.kill('SIGKILL');
  await died;
  expect(await tell(second, 'open')).toBe('opened');
  expect(await tell(second, 'close')).toBe('closed');
});
