// @ts-check
// The part of the GPU suite that runs in Node: `node test/gpu/run.mjs`. One line for each part. Exit code 0: every part that
// this device can run passed; 1: one failed; 77: nothing ran, for there is no GPU.
//
// Over a stand-in for the driver (VRAM_RESIDENCY_CUDA_DRIVER) it is a rehearsal: parts are `rehearsed`, never `passed`.
import { inspect } from 'node:util';
import { cudaBackend } from '@vram-residency/cuda-backend';
import { NotRun } from './part.mjs';
import { conformance } from './parts/conformance.mjs';
import { corruption } from './parts/corruption.mjs';
import { memoryReturns } from './parts/memory-returns.mjs';
import { refusedStore } from './parts/refused-store.mjs';
import { sealCycle } from './parts/seal-cycle.mjs';
import { sharing } from './parts/sharing.mjs';

const MIB = 2 ** 20;
const NOTHING_RAN = 77;

const PARTS = [conformance, sealCycle, corruption, sharing, refusedStore, memoryReturns];

const counts = { passed: 0, rehearsed: 0, failed: 0, 'not run': 0 };

/**
 * @param {keyof typeof counts} outcome
 * @param {string} name
 * @param {string} detail
 */
function tell(outcome, name, detail) {
  counts[outcome] += 1;
  console.log(`${outcome === 'failed' ? 'FAILED' : outcome}: ${name}: ${detail}`);
}

/** @returns {Promise<import('@vram-residency/device').DeviceFacts | string>} of device 0, or why there is none */
async function findDevice() {
  const probed = await cudaBackend().probe();
  if (probed.status === 'failed') throw new Error(`The driver does not work: ${probed.cause}`);
  if (probed.status === 'absent') return `there is no GPU: ${probed.cause}`;
  const [facts] = await cudaBackend().devices();
  return facts ?? 'there is no GPU: the driver has no device';
}

/** @param {import('./part.mjs').Subject} subject */
async function runParts(subject) {
  for (const { name, run } of PARTS) {
    try {
      const detail = await run(subject);
      tell(subject.facts.simulated ? 'rehearsed' : 'passed', name, detail);
    } catch (error) {
      if (error instanceof NotRun) tell('not run', name, error.message);
      else tell('failed', name, inspect(error, { depth: 6 }));
    }
  }
}

const facts = await findDevice();
if (typeof facts === 'string') {
  for (const { name } of PARTS) tell('not run', name, facts);
} else {
  const { name, driverVersion, cudaVersion, simulated } = facts;
  console.log(`Device 0: ${name}, driver ${driverVersion ?? 'unknown'}, CUDA ${cudaVersion ?? 'unknown'}`);
  if (simulated) console.log('SIMULATED: a rehearsal over a stand-in driver. No GPU is involved.');
  await runParts({
    facts,
    modelBytes: (simulated ? 8 : 1024) * MIB,
    slackBytes: simulated ? 0 : 64 * MIB,
  });
}
console.log(
  Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', '),
);
if (counts.failed > 0) process.exitCode = 1;
else if (counts.passed + counts.rehearsed === 0) process.exitCode = NOTHING_RAN;
