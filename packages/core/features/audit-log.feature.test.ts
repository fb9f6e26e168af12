import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sealDescribed } from './steps/shard-steps.js';
import { allRecordsOnDisk, audit, recordsOnDisk } from './support/auditor.js';
import { content, parseSize } from './support/content.js';
import type { StepSet } from './support/define-step.js';
import { named } from './support/named.js';
import { runFeature } from './support/run-feature.js';
import type { Worker } from './support/worker.js';
import type { World } from './support/world.js';

/** What was made of the events that a worker's service recorded beside the worker's own. */
interface OwnEvents {
  readonly receipts: readonly Promise<unknown>[];
  readonly elapsedMs: number;
}

const ownEvents = new WeakMap<World, OwnEvents>();

function recordOwnEvents(world: World, { log }: Worker, count: number): void {
  const began = performance.now();
  const receipts = Array.from(
    { length: count },
    (_, job) => log.emit({ type: 'job_finished', severity: 'INFO', members: { job } }).durable,
  );
  ownEvents.set(world, { receipts, elapsedMs: performance.now() - began });
}

function ownEventsOf(world: World): OwnEvents {
  const events = ownEvents.get(world);
  if (events === undefined) throw new Error('No events were recorded beside the own ones of the worker');
  return events;
}

/** One event of each kind, in a fixed order; the worker ends up stopped and empty. */
async function liveThroughEverything(world: World): Promise<void> {
  const worker = await world.worker();
  const { manager } = worker;
  const machine = await world.machine();
  const fails = async (action: Promise<unknown>, code: string): Promise<void> => {
    const error = await action.catch((caught: unknown) => caught);
    world.errors.push(error);
    expect(error).toMatchObject({ code });
  };
  const shard = await sealDescribed(world, '1 MiB', 'model');
  await fails(
    worker.seal({ stream: new Blob([]).stream(), sizeBytes: parseSize('8 GiB') }),
    'INSUFFICIENT_VRAM',
  );
  const other = content('1 MiB', 'other');
  await fails(worker.seal(other, { shardId: 'other', expected: '0'.repeat(64) }), 'SEAL_REJECTED');
  machine.setFacts({ remappingFailed: true });
  await fails(worker.seal(other, { shardId: 'other' }), 'POLICY_VIOLATION');
  machine.setFacts({ remappingFailed: false });
  await manager.recover({ reason: 'the GPU was reset' });
  machine.flipBit(worker.memoryOf('model'), 1000, 0);
  await fails(manager.verifySealed(shard), 'VERIFICATION_FAILED');
  await manager.release(shard);
}

/** Rewrites the lines of a log's only segment. */
function rewrite(logDir: string, change: (lines: string[]) => string[]): void {
  const [name, ...more] = readdirSync(logDir).filter((file) => file.startsWith('segment-'));
  expect(more).toEqual([]);
  const path = join(logDir, name as string);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${change(lines).join('\n')}\n`);
}

const TAMPERINGS: Readonly<Record<string, (lines: string[], i: number) => string[]>> = {
  removed: (lines, i) => lines.toSpliced(i, 1),
  altered: (lines, i) => lines.with(i, (lines[i] as string).replace('"gpu_device":0', '"gpu_device":1')),
  doubled: (lines, i) => lines.toSpliced(i, 0, lines[i] as string),
  'moved back': (lines, i) => lines.toSpliced(i, 1).toSpliced(i - 1, 0, lines[i] as string),
};

const logSteps: StepSet = (step) => {
  step('a worker that lived through every kind of event', liveThroughEverything);

  step('a worker whose log writes to the disk once a minute', (world) => {
    world.setup = { ...world.setup, log: { flush: { mode: 'batched', records: 900, intervalMs: 60_000 } } };
  });

  step('the worker has ended', async (world) => (await world.worker()).close());
  step('the worker ends', async (world) => (await world.worker()).close());

  step('the record of the {string} is {string} in its log', async (world, eventType, tampering) => {
    const worker = await world.worker();
    worker.logIsSpoilt = true;
    rewrite(worker.logDir, (lines) => {
      const i = lines.findIndex((line) => line.includes(`"event_type":"${eventType}"`));
      const changed = named(TAMPERINGS, tampering)(lines, i);
      expect(changed).not.toEqual(lines);
      return changed;
    });
  });

  step(
    'the worker is restarted and seals {string} as shard {string}',
    async (world, description, shardId) => {
      await world.restart();
      await world.attempt(() => sealDescribed(world, description, shardId));
    },
  );

  step("the worker's service records {int} events of its own in a row", async (world, count) =>
    recordOwnEvents(world, await world.worker(), count),
  );

  step(
    "the worker's service records {int} events of its own just before a {string}",
    async (world, count, eventType) => {
      const worker = await world.worker();
      worker.beforeEvent(eventType, () => recordOwnEvents(world, worker, count));
    },
  );

  step(
    'every record names the worker {string}, the device {int} and a UTC time that never goes back',
    async (world, workerId, device) => {
      const records = await world.records();
      for (const record of records) {
        expect(record).toMatchObject({ workerId, members: { gpu_device: device } });
        expect(record.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/);
      }
      const timestamps = records.map(({ timestamp }) => timestamp);
      expect(timestamps).toEqual([...timestamps].sort());
    },
  );

  step('the log is one chain of records, opened twice', async (world) => {
    const { log, logDir } = await world.worker();
    await log.flush();
    const records = await allRecordsOnDisk(logDir);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i));
    const opened = records.filter(({ eventType }) => eventType === 'log_opened');
    expect(opened.map(({ members }) => members['reason'])).toEqual(['created', 'resumed']);
  });

  step('an auditor with the public key finds the log tampered with', async (world) => {
    const { log, logDir } = await world.worker();
    expect(await audit(logDir, { vkey: log.vkey })).toMatchObject({ status: 'tampered', exitCode: 10 });
  });

  step('an auditor with the secret finds the log tampered with', async (world) => {
    const { logDir, secret } = await world.worker();
    expect(await audit(logDir, { secret })).toMatchObject({ status: 'tampered', exitCode: 10 });
  });

  step('an auditor without a key finds the log incomplete', async (world) => {
    const { status, exitCode, defects } = await audit((await world.worker()).logDir, {});
    expect({ status, exitCode }).toEqual({ status: 'incomplete', exitCode: 11 });
    expect(defects.map(({ reason }) => reason)).toEqual(['UNTRUSTED_KEY']);
  });

  step('nothing is on disk yet', async (world) => {
    // Read without asking the log to write what it holds back.
    expect(await recordsOnDisk((await world.worker()).logDir)).toEqual([]);
  });

  step("each took less than 1 ms of the worker's time on average", (world) => {
    const { elapsedMs, receipts } = ownEventsOf(world);
    expect(elapsedMs / receipts.length).toBeLessThan(1);
  });

  step('all {int} are on disk in the end', async (world, count) => {
    await Promise.all(ownEventsOf(world).receipts);
    const records = await recordsOnDisk((await world.worker()).logDir);
    expect(records.map(({ members }) => members['job'])).toEqual(
      Array.from({ length: count }, (_, job) => job),
    );
  });

  step('of the {int} events some were dropped, and the log says how many', async (world, count) => {
    const settled = await Promise.allSettled(ownEventsOf(world).receipts);
    const dropped = settled.filter(({ status }) => status === 'rejected');
    expect(dropped.length).toBeGreaterThan(0);
    for (const receipt of dropped) expect(receipt).toMatchObject({ reason: { code: 'BUFFER_FULL' } });
    const records = await allRecordsOnDisk((await world.worker()).logDir);
    const counts = records.filter(({ eventType }) => eventType === 'events_dropped');
    expect(counts.map(({ members }) => members['count'])).toEqual([dropped.length]);
    const recorded = records.filter(({ eventType }) => eventType === 'job_finished');
    expect(recorded).toHaveLength(count - dropped.length);
  });

  step('the log holds the CRITICAL record of the failed verification', async (world) => {
    const critical = (await world.records()).filter(({ severity }) => severity === 'CRITICAL');
    expect(critical.map(({ eventType }) => eventType)).toEqual(['seal_verification_failed']);
  });
};

await runFeature('audit-log.feature', logSteps);
