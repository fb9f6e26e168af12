import { expect, test } from 'vitest';
import { MIB, runProgram } from './support.js';

test('sealing a file of 256 MiB takes its simulated VRAM and at most 64 MiB more', () => {
  const { vramBytes, grownBytes } = runProgram('resident-memory.mjs') as Record<string, number>;
  expect(vramBytes).toBe(256 * MIB);
  expect(grownBytes).toBeGreaterThan(200 * MIB);
  expect(grownBytes).toBeLessThanOrEqual((vramBytes as number) + 64 * MIB);
});
