import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query, verifyLog } from '@vram-residency/audit-chain';
import { openLog } from '@vram-residency/audit-chain/node';
import { type SimulatedBackend, simulatedBackend } from '@vram-residency/device';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandIo } from '../command-io.js';
import { exitCodeOf } from '../failure/exit-code.js';
import { FailureReporter } from '../failure/failure-reporter.js';
import { InterruptedError } from '../interrupted-error.js';
import { Interruption } from '../interruption.js';
import { runSeal } from './seal-command.js';
import { readSealRequest } from './seal-request.js';

const MIB = 2 ** 20;
let scratch: string;
let backend: SimulatedBackend;
let out: string;
let errors: string;
let vkey: string;
let interruption: Interruption;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'seal-command-'));
  backend = simulatedBackend();
  out = '';
  errors = '';
  interruption = new Interruption();
  for (const name of ['a', 'b']) writeFileSync(join(scratch, name), new Uint8Array(MIB).fill(1));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** As the command does, but on a device that the test can make fail. */
async function seal(...options: string[]): Promise<number> {
  const error = (text: string) => {
    errors += text;
  };
  const reporter = new FailureReporter(error);
  const io: CommandIo = {
    out: (text) => {
      out += text;
    },
    error,
    report: (failure) => reporter.report(failure),
    environment: {
      VRAM_RESIDENCY_TOKEN: 'token-of-the-worker-0123456789',
      VRAM_RESIDENCY_AUDIT_SECRET: 'a secret of sixteen bytes or more',
    },
    showsProgress: false,
    outClosed: new AbortController().signal,
    interruption: () => interruption,
  };
  const request = readSealRequest([
    join(scratch, 'a'),
    join(scratch, 'b'),
    '--worker-id',
    'gpu-0',
    '--audit-dir',
    join(scratch, 'audit'),
    ...options,
  ]);
  const entry = { ...request.backend, create: () => backend };
  try {
    await runSeal({ ...request, backend: entry }, io);
    return 0;
  } catch (failure) {
    reporter.report(failure);
    return exitCodeOf(failure);
  }
}

/** Verifies the log, and gives the types of its records. */
async function recorded(): Promise<string[]> {
  const log = await openLog(join(scratch, 'audit'));
  const identity = JSON.parse(new TextDecoder().decode(await log.identity()));
  ({ vkey } = identity);
  expect(await verifyLog(log, { vkey })).toMatchObject({ status: 'verified', closed: true });
  const types: string[] = [];
  for await (const { record } of query(log)) types.push(record.eventType);
  return types;
}

test.each([
  ['--verify', 3],
  ['--hold', 3],
])('%s finds a flipped bit: told in one sentence, released, the log closed', async (option, nth) => {
  backend.faults.flipBitAtCall({ operation: 'digest', nth, offset: 0 });
  expect(await seal(option, '--json')).toBe(13);
  const failures = errors.split('\n').filter((line) => line.includes('(VERIFICATION_FAILED)'));
  expect(failures).toEqual([
    expect.stringMatching(/^vram-residency: The seal of shard-\w+ does not verify: /),
  ]);
  const document = JSON.parse(out);
  expect(document).toMatchObject({ seals: [{}, {}], verified: false });
  expect(backend.faults.allocations).toEqual([]);
  const types = await recorded();
  expect(types).toHaveLength(document.audit.tree_size);
  expect(types.filter((type) => type === 'seal_verification_failed')).toHaveLength(1);
  expect(types.filter((type) => type === 'vram_deallocated')).toHaveLength(2);
});

test('nothing is printed as sealed for people where a seal does not verify', async () => {
  backend.faults.flipBitAtCall({ operation: 'digest', nth: 3, offset: 0 });
  expect(await seal('--verify')).toBe(13);
  expect(out).toBe('');
});

test('a failed verification outweighs what fails while the worker is closed after it', async () => {
  backend.faults.flipBitAtCall({ operation: 'digest', nth: 3, offset: 0 });
  backend.faults.failCall({ operation: 'close', code: 'DEVICE_ERROR' });
  expect(await seal('--verify', '--json')).toBe(13);
  expect(errors.match(/\(VERIFICATION_FAILED\)/g)).toHaveLength(1);
  expect(errors).toContain('(DEVICE_FAILED)');
  expect(backend.faults.pending).toBe(0);
});

test('a failure after some shards were sealed releases them, closes the log and prints nothing', async () => {
  backend.faults.failCall({ operation: 'write', nth: 2, code: 'DEVICE_LOST' });
  expect(await seal()).toBe(1);
  expect(out).toBe('');
  expect(errors).toMatch(/^vram-residency: \S+\/b: .*\(DEVICE_FAILED\)\. /m);
  expect(backend.faults.allocations).toEqual([]);
  expect((await recorded()).filter((type) => type === 'vram_deallocated')).toHaveLength(2);
});

test('what fails while the worker is closed is a failure of the command', async () => {
  backend.faults.failCall({ operation: 'close', code: 'DEVICE_ERROR' });
  expect(await seal('--json')).toBe(1);
  expect(out).toBe('');
  await recorded();
});

test('a backend that does not work is told before a log is made', async () => {
  backend.faults.failCall({ operation: 'probe', code: 'DEVICE_ERROR' });
  expect(await seal()).toBe(1);
  expect(errors).toMatch(/backend simulated cannot be used: .*\(DEVICE_FAILED\)/);
  await expect(openLog(join(scratch, 'audit'))).rejects.toMatchObject({ code: 'NOT_A_LOG' });
});

test('an interruption before what was asked is done is a failure', async () => {
  interruption.interrupt(new InterruptedError('SIGINT'));
  expect(await seal('--hold', '--verify')).toBe(1);
  expect(out).toBe('');
  expect(errors).toMatch(/^vram-residency: SIGINT ended .* \(INTERRUPTED\)\. /);
  expect(await recorded()).not.toContain('vram_sealed');
});
