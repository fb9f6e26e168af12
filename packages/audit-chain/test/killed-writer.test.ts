import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertKept } from './kept-records.js';
import { ScratchLog } from './scratch-log.js';
import { seedOf, timesOf } from './torture.js';

const PROGRAM = fileURLToPath(new URL('./programs/busy.mjs', import.meta.url));
const KILLS = timesOf(250, 5000);
/** A log lives through so many deaths; then a new one is made, so that verifying stays short. */
const KILLS_PER_LOG = 10;
const LONGEST_LIFE_MS = 60;

let place: ScratchLog;
beforeEach(() => {
  place = new ScratchLog();
});
afterEach(() => place.remove());

/** Lets a writer live for a while after its log is open, or not even so long; gives what it acknowledged. */
async function killAfter(ms: number, opening: boolean): Promise<string> {
  const writer = spawn(process.execPath, [PROGRAM, place.dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(writer, 'close');
  if (!opening) await once(writer.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, ms));
  writer.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  return said;
}

const seed = seedOf();

test(`a writer is killed ${KILLS} times, and every record it acknowledged is there (seed ${seed.value})`, async () => {
  let acknowledged = '';
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill % KILLS_PER_LOG === 0) {
      place.remove();
      place = new ScratchLog();
      acknowledged = '';
    }
    // Every fifth dies while it opens, or before.
    const opening = kill % 5 === 4;
    acknowledged += await killAfter(seed.next() * (opening ? 3 : 1) * LONGEST_LIFE_MS, opening);
    await assertKept(place, acknowledged);
  }
  expect(acknowledged.split('\n').length).toBeGreaterThan(KILLS_PER_LOG);
}, 3_600_000);
