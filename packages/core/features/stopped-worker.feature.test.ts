import { expect } from 'vitest';
import { executionSteps } from './steps/execution-steps.js';
import type { StepSet } from './support/define-step.js';
import { named } from './support/named.js';
import { runFeature } from './support/run-feature.js';

const REASONS: Readonly<Record<string, unknown>> = {
  missing: undefined,
  '1025 bytes long': 'x'.repeat(1025),
};

const stoppedWorkerSteps: StepSet = (step) => {
  let told: unknown[] = [];

  step('the worker was stopped by verifying shard {string}', async (world, shardId) => {
    const worker = await world.worker();
    const verification = worker.manager.verifySealed(worker.shard(shardId));
    await expect(verification).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(worker.manager.state).toBe('stopped');
  });

  step('the GPU counts uncorrected ECC errors from now on', async (world) => {
    (await world.machine()).setFacts({ eccUncorrectedVolatile: 2 });
  });

  step('the GPU was reset and counts no errors any more', async (world) => {
    (await world.machine()).setFacts({ eccUncorrectedVolatile: 0 });
  });

  step('somebody listens for {string} and then no longer', async (world, name) => {
    const { manager } = await world.worker();
    told = [];
    const listener = (payload: unknown): void => {
      told.push(payload);
    };
    manager.on(name as 'stopped', listener).off(name as 'stopped', listener);
  });

  step('the worker recovers for a reason that is {string}', async (world, reason) => {
    const { manager } = await world.worker();
    await world.attempt(async () => manager.recover({ reason: named(REASONS, reason) as string }));
  });

  step('the worker verifies shard {string} again', async (world, shardId) => {
    const worker = await world.worker();
    await world.attempt(() => worker.manager.verifySealed(worker.shard(shardId)));
  });

  step('it is refused with a TypeError or a RangeError', (world) => {
    const error = world.failure();
    expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
  });

  step('the recovery fails with {string}', (world, code) => {
    expect(world.failure()).toMatchObject({ code });
  });

  step('that fails with {string} too', (world, code) => {
    expect(world.failure()).toMatchObject({ code });
  });

  step('that somebody was told nothing', () => {
    expect(told).toEqual([]);
  });

  step('the log adds no {string} record', async (world, eventType) => {
    const types = (await world.newRecords()).map((record) => record.eventType);
    expect(types).not.toContain(eventType);
    expect(types).toContain('seal_verification_failed');
  });
};

await runFeature('stopped-worker.feature', executionSteps, stoppedWorkerSteps);
