import type { AllocationFacts } from '@vram-residency/device';
import { describe, expect, test } from 'vitest';
import { deviceMemory, healthyGpu, without } from '../test/healthy-gpu.js';
import { evaluate } from './evaluate.js';
import { definePolicy, parsePolicy } from './policy.js';

interface Case {
  readonly rule: 'device_memory_only' | 'exclusive_allocation';
  readonly violation: string;
  readonly violating: readonly AllocationFacts[];
  readonly unknown: readonly (keyof AllocationFacts)[];
}

describe.each<Case>([
  {
    rule: 'device_memory_only',
    violation: 'unified_memory_detected',
    violating: [
      { memoryType: 'managed', managed: true },
      { memoryType: 'device', managed: true },
      { memoryType: 'managed', managed: false },
      { memoryType: 'host', managed: false },
      { memoryType: 'elsewhere' as 'host' },
    ],
    unknown: ['memoryType', 'managed'],
  },
  {
    rule: 'exclusive_allocation',
    violation: 'allocation_not_exclusive',
    violating: [{ exclusive: false }],
    unknown: ['exclusive'],
  },
])('$rule', ({ rule, violation, violating, unknown }) => {
  const policy = parsePolicy({ name: 'test', rules: [{ rule }] });
  const judged = (allocation: AllocationFacts) => evaluate(policy, { allocation });
  const expected = { rule, violation, severity: 'CRITICAL', remedy: expect.stringMatching(/^[a-z].+[^.]$/) };

  test('is satisfied by memory of the device alone', () => {
    expect(judged(deviceMemory)).toEqual([]);
  });

  test.each(violating)('is violated by %j', (facts) => {
    expect(judged({ ...deviceMemory, ...facts })).toEqual([
      { ...expected, details: expect.stringMatching(/^[A-Z].+[^.]$/) },
    ]);
  });

  test.each(unknown)('is violated where %s is unknown', (fact) => {
    expect(judged(without(deviceMemory, fact))).toEqual([
      { ...expected, details: expect.stringContaining('unknown') },
    ]);
  });

  test('does not judge devices', () => {
    expect(evaluate(policy, { device: healthyGpu })).toEqual([]);
  });
});

test('managed memory is found even where its type is unknown', () => {
  const [violation] = evaluate(definePolicy('test', [{ rule: 'device_memory_only' }]), {
    allocation: { managed: true },
  });
  expect(violation?.details).toContain('managed memory');
});
