// @ts-check
// `run-one.mjs NAME SECONDS SEED SCALE`: one target or hostile log in a process of its own, whose memory is its own.
import { resourceUsage } from 'node:process';
import fc from 'fast-check';
import { hostileLogs, verifyHostile } from './hostile-logs.mjs';
import { mutations } from './mutation.mjs';
import { readHostile, targets } from './targets.mjs';

/** What Node takes by itself, the corpus, and garbage that is not collected yet. */
const MAX_RESIDENT_MIB = 300;
const RUNS_AT_ONCE = 1000;
/** Characters of an input that are shown; the seed and the path give all of it. */
const MAX_SHOWN = 4000;

const [name, seconds, seed, scale] = process.argv.slice(2);
const hostile = hostileLogs.find((log) => log.name === name);
const target = targets.find((candidate) => candidate.name === name);
let inputs = 0;
if (hostile !== undefined) {
  await verifyHostile(hostile, Number(scale));
  inputs = 1;
} else if (target !== undefined) {
  const end = performance.now() + Number(seconds) * 1000;
  const property = fc.asyncProperty(mutations(target.corpus), async (input) => {
    inputs += 1;
    await readHostile(target, input);
  });
  for (let round = Number(seed); performance.now() < end; round++) {
    const interruptAfterTimeLimit = Math.max(1, end - performance.now());
    const found = await fc.check(property, { seed: round, numRuns: RUNS_AT_ONCE, interruptAfterTimeLimit });
    if (found.counterexample === null) continue;
    const [input] = found.counterexample;
    console.error(
      `seed ${round}, path ${found.counterexamplePath}, ${input.length} bytes of input, in base64:`,
    );
    console.error(Buffer.from(input).toString('base64').slice(0, MAX_SHOWN));
    throw found.errorInstance;
  }
} else {
  throw new RangeError(`There is no target ${name}`);
}
const residentMib = Math.round(resourceUsage().maxRSS / 1024);
if (inputs === 0) throw new Error('Nothing was read');
if (residentMib > MAX_RESIDENT_MIB) throw new Error(`Memory grew to ${residentMib} MiB`);
console.log(`${name}: ${inputs} inputs, at most ${residentMib} MiB`);
