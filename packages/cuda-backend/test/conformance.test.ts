import { cudaBackend } from '@vram-residency/cuda-backend';
import { describeBackend } from '@vram-residency/device/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { isBuilt, RESOURCES, type StandInControl, setFacts, useStandIn } from './stand-in.js';

const MIB = 1024 ** 2;

const VARIANTS = [
  { name: 'the virtual memory interface', facts: {} },
  { name: 'cuMemAlloc', facts: { virtual_memory: 0 } },
  { name: 'a driver that cannot protect', facts: { read_only_access: 0 } },
  { name: 'kernels of sm_80', facts: { compute_capability_major: 8 } },
] as const;

describe.skipIf(!isBuilt)('over the stand-in driver', () => {
  const standIn: StandInControl | undefined = isBuilt ? useStandIn() : undefined;

  for (const { name, facts } of VARIANTS) {
    const open = async () => {
      setFacts({ total_bytes: 512 * MIB, ...facts });
      return { backend: cudaBackend() };
    };
    describeBackend(`the CUDA backend with ${name}`, open, { describe, it });
  }

  afterEach(() => {
    for (const resource of RESOURCES) expect(standIn?.held(resource), resource).toBe(0);
    expect(standIn?.violations()).toBe(0);
  });
});
