import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { deviceMemory, healthyGpu } from '../test/healthy-gpu.js';
import { customRule } from './custom-rule.js';
import { enforce } from './enforce.js';
import { evaluate } from './evaluate.js';
import { definePolicy, type Policy, parsePolicy } from './policy.js';
import { PolicyError } from './policy-error.js';
import type { Violation } from './violation.js';
import { vramOnly } from './vram-only.js';

const integrated = { ...healthyGpu, integrated: true };
const soft = parsePolicy({ name: 'soft', rules: [{ rule: 'no_integrated_gpu', severity: 'WARNING' }] });

/** What `enforce` told of, and what it threw. */
function enforced(policy: Policy, device = healthyGpu): { told: Violation[]; error: PolicyError } {
  const told: Violation[] = [];
  try {
    enforce(policy, { device }, (violation) => told.push(violation));
  } catch (error) {
    if (error instanceof PolicyError) return { told, error };
    throw error;
  }
  throw new Error('The policy was not violated');
}

describe('enforce', () => {
  test('tells of every violation, then throws with all of them', () => {
    const { told, error } = enforced(vramOnly(), { ...integrated, totalBytes: 1 });
    expect(told.map(({ rule }) => rule)).toEqual(['minimum_total_memory', 'no_integrated_gpu']);
    expect(error).toMatchObject({ code: 'POLICY_VIOLATION', retriable: false, violations: told });
    expect(error).not.toHaveProperty('cause');
    for (const { details, remedy } of told) expect(error.message).toContain(`${details}; ${remedy}`);
  });

  test('only warns where the rule says so', () => {
    const onViolation = vi.fn();
    const warnings = enforce(soft, { device: integrated }, onViolation);
    expect(warnings).toEqual([expect.objectContaining({ severity: 'WARNING' })]);
    expect(onViolation.mock.calls).toEqual(warnings.map((warning) => [warning]));
  });

  test('tells of warnings beside what is critical', () => {
    const policy = definePolicy('mixed', [...soft.rules, { rule: 'no_mig' }]);
    const { told, error } = enforced(policy, { ...integrated, migEnabled: true });
    expect(told.map(({ severity }) => severity)).toEqual(['WARNING', 'CRITICAL']);
    expect(error.violations).toEqual(told);
    expect(error.message).not.toContain('integrated');
  });

  test('permits nothing that it could not tell of', () => {
    const full = new Error('the log is full');
    expect(() =>
      enforce(soft, { device: integrated }, () => {
        throw full;
      }),
    ).toThrow(full);
  });

  test('says nothing where nothing is wrong', () => {
    const onViolation = vi.fn();
    expect(enforce(vramOnly(), { device: healthyGpu, allocation: deviceMemory }, onViolation)).toEqual([]);
    expect(onViolation).not.toHaveBeenCalled();
  });

  test('keeps what a custom rule threw as the cause, and shows it nowhere', () => {
    const thrown = new Error('token-0123456789');
    const failing = customRule({
      rule: 'broken',
      violation: 'unheard_of',
      remedy: 'none',
      severity: 'WARNING',
      scope: 'device',
      check: () => {
        throw thrown;
      },
    });
    const { told, error } = enforced(definePolicy('own', [failing]));
    expect(error.cause).toBe(thrown);
    expect(error.message).not.toContain('token');
    expect(told[0]?.cause).toBe(thrown);
    expect(JSON.stringify([told, error])).not.toContain('token');
    expect(inspect(told)).not.toContain('token');
  });
});

describe('evaluate', () => {
  test('finds all violations, in the order of the rules', () => {
    const facts = { device: { ...integrated, totalBytes: 1 }, allocation: {} };
    expect(evaluate(vramOnly(), facts).map(({ rule }) => rule)).toEqual([
      'minimum_total_memory',
      'no_integrated_gpu',
      'device_memory_only',
    ]);
  });

  test('refuses to judge nothing', () => {
    expect(() => evaluate(vramOnly(), {})).toThrow(TypeError);
    expect(() => enforce(vramOnly(), {}, () => undefined)).toThrow(TypeError);
  });

  test.each([{ name: 'vram_only', rules: [] }, structuredClone(vramOnly()), undefined as unknown as Policy])(
    'refuses a policy that was not checked: %o',
    (policy) => {
      expect(() => evaluate(policy, { device: healthyGpu })).toThrow(TypeError);
    },
  );
});
