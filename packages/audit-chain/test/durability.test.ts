import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DURABLE_RECORD, stepsOf, whyNoTracing } from './system-calls.js';

// What the kernel was asked to do before `durable` resolved.

const title =
  'durable resolves after fdatasync of the file, and fsync of the directory where the file is new';
const obstacle = whyNoTracing();

test.skipIf(obstacle !== undefined)(
  obstacle === undefined ? title : `${title} (not run: ${obstacle})`,
  () => {
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'durability-')));
    const trace = join(scratch, 'trace');
    const program = fileURLToPath(new URL('./programs/durable-record.mjs', import.meta.url));
    const watched = 'trace=openat,pwrite64,fdatasync,fsync,write';
    const args = ['-f', '-y', '-o', trace, '-e', watched, process.execPath, program, join(scratch, 'log')];
    expect(spawnSync('strace', args).status).toBe(0);
    const steps = stepsOf(readFileSync(trace, 'utf8'));
    rmSync(scratch, { recursive: true });
    const start = steps.indexOf('create the segment');
    expect(steps.slice(start, steps.indexOf('say: record 1 is durable') + 1)).toEqual(DURABLE_RECORD);
  },
);
