import { expect, test } from 'vitest';
import { isBuilt, setFacts, useStandIn } from '../../cuda-backend/test/stand-in.js';
import { MIB, runProgram } from './support.js';

/** Some of it is the stand-in's work: its kernels run on the host. */
const TIMEOUT_MS = 900_000;

test.skipIf(!isBuilt)(
  'sealing a file of 4 GiB on a CUDA device takes the ring of pinned buffers, and little more, of the host',
  { timeout: TIMEOUT_MS },
  () => {
    useStandIn();
    setFacts({ total_bytes: 5 * 1024 * MIB });
    const { vramBytes, grownBytes } = runProgram('loaded-file.mjs') as Record<string, number>;
    expect(vramBytes).toBe(4096 * MIB + 12_345);
    // Four buffers of 32 MiB, of which a large file touches three at least.
    expect(grownBytes).toBeGreaterThan(64 * MIB);
    expect(grownBytes).toBeLessThanOrEqual((128 + 48) * MIB);
  },
);
