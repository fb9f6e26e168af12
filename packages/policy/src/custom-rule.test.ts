import type { DeviceFacts } from '@vram-residency/device';
import { describe, expect, test, vi } from 'vitest';
import { deviceMemory, healthyGpu } from '../test/healthy-gpu.js';
import { type CustomAllocationRule, type CustomDeviceRule, customRule } from './custom-rule.js';
import { evaluate } from './evaluate.js';
import { definePolicy } from './policy.js';

const knownGpu: CustomDeviceRule = {
  rule: 'known_gpu',
  violation: 'unknown_gpu',
  remedy: 'add the GPU to the inventory first',
  scope: 'device',
  check: ({ uuid }) => (uuid === 'GPU-1' ? undefined : 'The GPU is not in the inventory'),
};
const readOnly: CustomAllocationRule = {
  rule: 'read_only',
  violation: 'writable_allocation',
  remedy: 'use a backend that protects',
  severity: 'WARNING',
  scope: 'allocation',
  check: (allocation) => (allocation.readOnly === true ? undefined : 'The allocation is writable'),
};
const policy = definePolicy('own', [customRule(knownGpu), customRule(readOnly)]);

describe('a custom rule', () => {
  test('judges what it is over', () => {
    const device = { ...healthyGpu, uuid: 'GPU-2' };
    const unknownGpu = {
      rule: 'known_gpu',
      violation: 'unknown_gpu',
      details: 'The GPU is not in the inventory',
      severity: 'CRITICAL',
      remedy: 'add the GPU to the inventory first',
    };
    const writable = {
      rule: 'read_only',
      violation: 'writable_allocation',
      details: 'The allocation is writable',
      severity: 'WARNING',
      remedy: 'use a backend that protects',
    };
    expect(evaluate(policy, { device })).toEqual([unknownGpu]);
    expect(evaluate(policy, { allocation: deviceMemory })).toEqual([writable]);
    expect(evaluate(policy, { device, allocation: deviceMemory })).toEqual([unknownGpu, writable]);
    expect(evaluate(policy, { device: healthyGpu, allocation: { ...deviceMemory, readOnly: true } })).toEqual(
      [],
    );
  });

  test.each([knownGpu, readOnly])('is asked only with facts of its scope: $scope', (rule) => {
    const check = vi.fn(() => undefined);
    const asked = definePolicy('own', [customRule({ ...rule, check })]);
    evaluate(asked, rule.scope === 'device' ? { allocation: deviceMemory } : { device: healthyGpu });
    expect(check).not.toHaveBeenCalled();
    evaluate(asked, { device: healthyGpu, allocation: deviceMemory });
    expect(check.mock.calls).toEqual([[rule.scope === 'device' ? healthyGpu : deviceMemory]]);
  });

  test.each([
    ['a promise', async () => undefined],
    ['true', () => true],
    ['false', () => false],
    ['null', () => null],
    ['an empty text', () => ''],
  ])('that returns %s is a critical violation itself', (_, check) => {
    const rule = customRule({ ...readOnly, check: check as never });
    const violations = evaluate(definePolicy('own', [rule]), { allocation: deviceMemory });
    expect(violations).toEqual([
      {
        rule: 'read_only',
        violation: 'rule_failed',
        details: 'The rule read_only returned neither a text nor undefined',
        severity: 'CRITICAL',
        remedy: 'correct the rule',
      },
    ]);
    expect(violations[0]).not.toHaveProperty('cause');
  });

  test.each([new Error('secret'), 'secret', undefined])('that throws %o is one too', (thrown) => {
    const check = (): never => {
      throw thrown;
    };
    const own = definePolicy('own', [customRule({ ...readOnly, check }), customRule(knownGpu)]);
    const violations = evaluate(own, {
      device: { ...healthyGpu, uuid: 'GPU-2' },
      allocation: deviceMemory,
    });
    expect(violations.map(({ violation, details, severity }) => [violation, details, severity])).toEqual([
      ['rule_failed', 'The rule read_only threw', 'CRITICAL'],
      ['unknown_gpu', 'The GPU is not in the inventory', 'CRITICAL'],
    ]);
    expect(violations[0]).toHaveProperty('cause', thrown);
    expect(Object.keys(violations[0] ?? {})).not.toContain('cause');
  });

  test('that says more than a record takes is cut', () => {
    const check = (_: DeviceFacts) => `ab${'€'.repeat(1000)}`;
    const own = definePolicy('own', [customRule({ ...knownGpu, check })]);
    const [violation] = evaluate(own, { device: healthyGpu });
    expect(violation?.details).toBe(`ab${'€'.repeat(339)}…`);
  });

  test.each([
    ['rule', { rule: 'No Name' }],
    ['rule', { rule: 'no_integrated_gpu' }],
    ['rule', { rule: `r${'x'.repeat(64)}` }],
    ['violation', { violation: '' }],
    ['remedy', { remedy: '' }],
    ['remedy', { remedy: 'x'.repeat(1025) }],
    ['severity', { severity: 'INFO' }],
    ['scope', { scope: undefined }],
    ['check', { check: 'true' }],
    ['its root', { extra: 1 }],
  ])('that is malformed is refused with the path %s: %j', (path, members) => {
    const malformed = { ...knownGpu, ...members } as CustomDeviceRule;
    expect(() => customRule(malformed)).toThrow(TypeError);
    expect(() => customRule(malformed)).toThrow(`malformed at ${path}: `);
  });

  test('cannot be changed, and does not follow what it was made from', () => {
    const made = { ...knownGpu };
    const rule = customRule(made);
    Object.assign(made, { check: () => undefined });
    expect(Object.isFrozen(rule)).toBe(true);
    expect(rule.check).toBe(knownGpu.check);
  });
});
