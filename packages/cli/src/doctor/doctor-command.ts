import { arch, platform, release } from 'node:os';
import { nativeEngine } from '@vram-residency/cuda-backend';
import { vramOnly } from '@vram-residency/policy';
import { defaultEngines } from '@vram-residency/seal-crypto/node';
import { BACKENDS } from '../backends.js';
import type { Command } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { NODE_RANGE, VERSION } from '../package-facts.js';
import { readCommandLine } from '../read-command-line.js';
import { UsageError } from '../usage-error.js';
import { diagnose } from './diagnose.js';
import { diagnosisText } from './diagnosis-text.js';
import { DOCTOR_USAGE } from './doctor-usage.js';

/** `vram-residency doctor`: reports what is here, what the policy says about it, and what to do. */
export const doctorCommand: Command = { usage: DOCTOR_USAGE, run };

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readCommandLine('doctor', args, { json: { type: 'boolean' } });
  if (positionals.length > 0) throw new UsageError('Expected no argument but --json', 'doctor');
  const diagnosis = await diagnose({
    version: VERSION,
    platform: { os: platform(), arch: arch(), release: release() },
    nodeVersion: process.version,
    nodeRange: NODE_RANGE,
    engines: defaultEngines(nativeEngine),
    backends: BACKENDS,
    policy: vramOnly(),
  });
  io.out(values.json === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisText(diagnosis));
  return 0;
}
