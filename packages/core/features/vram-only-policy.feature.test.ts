import type { AllocationFactOverrides, DeviceFactOverrides } from '@vram-residency/device';
import { expect } from 'vitest';
import { PolicyError, parsePolicy, vramOnly } from 'vram-residency';
import type { StepSet } from './support/define-step.js';
import { parseOptions } from './support/options-text.js';
import { runFeature } from './support/run-feature.js';

/** Facts as a feature writes them; null makes a fact unknown. */
const parseFacts = (text: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parseOptions(text)).map(([fact, value]) => [fact, value ?? undefined]));

const policySteps: StepSet = (step) => {
  step('a GPU that reports {string}', (world, facts) => {
    world.gpu = { ...world.gpu, facts: parseFacts(facts) as DeviceFactOverrides };
  });

  step('a GPU that does not say its {string}', (world, fact) => {
    world.gpu = { ...world.gpu, facts: { [fact]: undefined } };
  });

  step('a GPU whose allocations report {string}', (world, facts) => {
    world.gpu = { ...world.gpu, allocationFacts: parseFacts(facts) as AllocationFactOverrides };
  });

  step('a GPU whose allocations do not say their {string}', (world, fact) => {
    world.gpu = { ...world.gpu, allocationFacts: { [fact]: undefined } };
  });

  step('a worker with the policy as it is by default', (world) => {
    world.setup = { ...world.setup, policy: vramOnly() };
  });

  step('a worker with a policy that warns below the compute capability {string}', (world, minimum) => {
    const policy = parsePolicy({
      name: 'house_rule',
      rules: [{ rule: 'minimum_compute_capability', severity: 'WARNING', minimum }],
    });
    world.setup = { ...world.setup, policy };
  });

  step('the policy refuses it for {string}', (world, violation) => {
    const error = world.failure();
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ code: 'POLICY_VIOLATION', retriable: false });
    const { violations } = error as PolicyError;
    expect(violations.map((found) => found.violation)).toContain(violation);
    for (const { details, remedy } of violations) expect([details, remedy]).not.toContain('');
  });

  step('the record names the violation {string}', async (world, violation) => {
    const records = await world.newRecords();
    const violations = records.filter(({ eventType }) => eventType === 'policy_violation');
    expect(violations.map(({ members, severity }) => [severity, members['violation']])).toEqual([
      ['CRITICAL', violation],
    ]);
  });

  step('the worker tells its listeners of the violation {string}', async (world, violation) => {
    const { notices } = await world.worker();
    const told = notices.filter(({ name }) => name === 'violation');
    expect(told.map(({ payload }) => payload)).toMatchObject([{ violation }]);
  });

  step('not a byte was written to the GPU', async (world) => {
    expect((await world.machine()).backend.calls('write')).toBe(0);
  });
};

await runFeature('vram-only-policy.feature', policySteps);
