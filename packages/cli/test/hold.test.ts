import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandRunner } from './command.js';

let command: CommandRunner;
beforeAll(() => {
  command = new CommandRunner();
  writeFileSync(join(command.dir, 'model.bin'), new Uint8Array(100_000).fill(7));
  writeFileSync(join(command.dir, 'large.bin'), '');
  truncateSync(join(command.dir, 'large.bin'), 2 ** 30);
});
afterAll(() => command.remove());

interface Record {
  readonly event_type: string;
  readonly count?: number;
  readonly reason?: string;
}
function records(log: string): Record[] {
  const segment = readFileSync(join(command.dir, log, 'segment-00000000000000000000.ndjson'), 'utf8');
  return segment
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const ofType = (log: string, type: string) => records(log).filter(({ event_type }) => event_type === type);
const isClosed = (log: string) =>
  records(log)
    .slice(-2)
    .map(({ event_type }) => event_type);

test.each(['SIGTERM', 'SIGINT'] as const)(
  '--hold verifies until %s, then releases and closes',
  async (signal) => {
    const args = ['seal', 'model.bin', '--hold', '--scrub', '1M', '--audit-dir', signal, '--worker-id', 'w'];
    const running = command.start(...args);
    await running.says(
      'Holding 1 shard resident, verifying 1048576 bytes a second, until SIGINT or SIGTERM.\n',
    );
    await delay(1500);
    // More signals while it closes change nothing.
    while (running.child.exitCode === null && running.child.signalCode === null) {
      for (const again of [signal, 'SIGTERM', 'SIGINT'] as const) running.signal(again);
      await delay(1);
    }
    const { code, out, error } = await running.end();
    expect({ code, lines: error.split('\n').length }).toEqual({ code: 0, lines: 2 });
    expect(out).toMatch(
      /^sealed {5}model\.bin\n[\s\S]*\nreleased {3}1 seal\naudit log {2}[^\n]*\nvkey {7}\S+\n$/,
    );
    const verified = ofType(signal, 'seal_verified').reduce((sum, { count = 0 }) => sum + count, 0);
    expect(verified).toBeGreaterThan(2);
    expect(ofType(signal, 'vram_deallocated')).toMatchObject([{ reason: 'manager_closed', zeroed: true }]);
    expect(isClosed(signal)).toEqual(['log_closed', 'checkpoint']);
    expect(command.run('log', 'verify', signal).code).toBe(0);
  },
);

test('with --json the document comes at the end and counts the records of the close', async () => {
  const running = command.start('seal', 'model.bin', '--hold', '--verify', '--json', '--audit-dir', 'json');
  await running.says('Holding');
  running.signal('SIGTERM');
  const { code, out } = await running.end();
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(document).toMatchObject({ seals: [{ model_ref: 'model.bin' }], verified: true });
  expect(document.audit.tree_size).toBe(records('json').length);
});

test('a signal before everything is sealed is a failure, and undoes what was sealed', async () => {
  const running = command.start('seal', 'model.bin', 'large.bin', '--hold', '--json', '--audit-dir', 'early');
  await expect.poll(() => sealedSoFar('early'), { timeout: 20_000, interval: 20 }).toBe(1);
  running.signal('SIGTERM');
  const ended = await running.end();
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.error).toBe(
    'vram-residency: SIGTERM ended the command before its work was done (INTERRUPTED). ' +
      'Run the command again: nothing of it stayed sealed.\n',
  );
  expect(ofType('early', 'vram_sealed')).toHaveLength(1);
  const deallocated = ofType('early', 'vram_deallocated');
  expect(deallocated).toHaveLength(ofType('early', 'vram_allocated').length);
  expect(deallocated.at(-1)).toMatchObject({ reason: 'manager_closed', remaining_used: 0, zeroed: true });
  expect(isClosed('early')).toEqual(['log_closed', 'checkpoint']);
});

test('a log that cannot be written any more ends it', async () => {
  const args = ['seal', 'model.bin', '--hold', '--scrub', '1G', '--audit-dir', 'full', '--worker-id', 'w'];
  const running = command.start(...args);
  await running.says('Holding 1 shard resident');
  running.limitFileSize(1024);
  const { code, out, error } = await running.end();
  expect({ code, failures: error.match(/\(WRITER_FAILED\)/g) }).toEqual({
    code: 1,
    failures: ['(WRITER_FAILED)'],
  });
  expect(out).not.toContain('released');
});

function sealedSoFar(log: string): number {
  try {
    return ofType(log, 'vram_sealed').length;
  } catch {
    return 0; // not there yet, or written at this moment
  }
}
