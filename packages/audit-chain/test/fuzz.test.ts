import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The fuzzer itself, for a short time and over hostile logs of a hundredth of their size; `npm run fuzz` is the whole of it.

const SECONDS = process.env['FUZZ_SECONDS'] ?? '8';
const DEADLINE_MS = 300_000 + 1000 * Number(SECONDS);

test(
  'no reader crashes, hangs or grows, whatever it is given',
  () => {
    const program = fileURLToPath(new URL('../fuzz/main.mjs', import.meta.url));
    const args = [program, '--seconds', SECONDS, '--small'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: DEADLINE_MS,
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/^fuzz: 11 readers and logs, 0 failed$/m);
  },
  DEADLINE_MS,
);
