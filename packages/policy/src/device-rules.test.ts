import type { DeviceFacts } from '@vram-residency/device';
import { describe, expect, test } from 'vitest';
import { healthyGpu, without } from '../test/healthy-gpu.js';
import { evaluate } from './evaluate.js';
import { definePolicy } from './policy.js';
import { type DataRuleInput, RULE_NAMES } from './rule.js';

const DEVICE = 'invalid_device_properties';
const UNIFIED = 'unified_memory_detected';

interface Case {
  readonly rule: DataRuleInput;
  readonly violation: string;
  readonly satisfied?: readonly Partial<DeviceFacts>[];
  readonly violating: readonly Partial<DeviceFacts>[];
  readonly unknown: readonly (keyof DeviceFacts)[];
}

const CASES: readonly Case[] = [
  {
    rule: { rule: 'minimum_compute_capability', minimum: '7.5' },
    violation: DEVICE,
    satisfied: [{ computeCapability: '8.0' }, { computeCapability: '10.0' }, { computeCapability: '7.10' }],
    violating: [
      { computeCapability: '7.4' },
      { computeCapability: '6.9' },
      { computeCapability: 'newest' as '1.0' },
    ],
    unknown: ['computeCapability'],
  },
  {
    rule: { rule: 'minimum_total_memory', minimum_bytes: 2 ** 30 },
    violation: DEVICE,
    satisfied: [{ totalBytes: 2 ** 43 }],
    violating: [{ totalBytes: 2 ** 30 - 1 }, { totalBytes: 0 }, { totalBytes: Number.NaN }],
    unknown: ['totalBytes'],
  },
  {
    rule: { rule: 'minimum_driver_version', minimum: '580.65.06' },
    violation: DEVICE,
    satisfied: [{ driverVersion: '580.65.6' }, { driverVersion: '580.105' }, { driverVersion: '1000' }],
    violating: [
      { driverVersion: '580.65.05' },
      { driverVersion: '580.65' },
      { driverVersion: '99.99.99' },
      { driverVersion: 'unknown' },
    ],
    unknown: ['driverVersion'],
  },
  {
    rule: { rule: 'no_simulated_device' },
    violation: DEVICE,
    violating: [{ simulated: true }],
    unknown: ['simulated'],
  },
  {
    rule: { rule: 'no_integrated_gpu' },
    violation: UNIFIED,
    violating: [{ integrated: true }],
    unknown: ['integrated'],
  },
  {
    rule: { rule: 'ecc_enabled' },
    violation: DEVICE,
    violating: [{ eccEnabled: false }],
    unknown: ['eccEnabled'],
  },
  {
    rule: { rule: 'no_uncorrected_ecc_errors' },
    violation: DEVICE,
    satisfied: [{ eccEnabled: false }],
    violating: [
      { eccUncorrectedVolatile: 1 },
      { eccUncorrectedAggregate: 1 },
      { eccUncorrectedAggregate: 1, eccEnabled: false },
      { eccUncorrectedVolatile: -1 },
    ],
    unknown: ['eccEnabled', 'eccUncorrectedVolatile', 'eccUncorrectedAggregate'],
  },
  {
    rule: { rule: 'no_pending_row_remapping' },
    violation: DEVICE,
    violating: [{ remappedRowsPending: true }],
    unknown: ['remappedRowsPending'],
  },
  {
    rule: { rule: 'no_failed_row_remapping' },
    violation: DEVICE,
    violating: [{ remappingFailed: true }],
    unknown: ['remappingFailed'],
  },
  { rule: { rule: 'no_mig' }, violation: DEVICE, violating: [{ migEnabled: true }], unknown: ['migEnabled'] },
  { rule: { rule: 'no_mps' }, violation: DEVICE, violating: [{ mps: true }], unknown: ['mps'] },
  {
    rule: { rule: 'confidential_compute' },
    violation: DEVICE,
    violating: [{ confidentialCompute: false }],
    unknown: ['confidentialCompute'],
  },
];

describe.each(CASES)('$rule.rule', ({ rule, violation, satisfied = [], violating, unknown }) => {
  const judged = (device: DeviceFacts) => evaluate(definePolicy('test', [rule]), { device });

  test.each([{}, ...satisfied])('is satisfied by a healthy GPU with %j', (facts) => {
    expect(judged({ ...healthyGpu, ...facts })).toEqual([]);
  });

  test.each(violating)('is violated by %j', (facts) => {
    expect(judged({ ...healthyGpu, ...facts })).toEqual([
      {
        rule: rule.rule,
        violation,
        severity: 'CRITICAL',
        details: expect.stringMatching(/^[A-Z].+[^.]$/),
        remedy: expect.stringMatching(/^[a-z].+[^.]$/),
      },
    ]);
  });

  test.each(unknown)('is violated where %s is unknown', (fact) => {
    expect(judged(without(healthyGpu, fact))).toEqual([
      expect.objectContaining({ rule: rule.rule, violation, details: expect.stringContaining('unknown') }),
    ]);
  });

  test('does not judge allocations', () => {
    expect(evaluate(definePolicy('test', [rule]), { allocation: {} })).toEqual([]);
  });
});

test('every rule over devices is tested', () => {
  const tested = [...CASES.map(({ rule }) => rule.rule), 'device_memory_only', 'exclusive_allocation'];
  expect(tested).toEqual(RULE_NAMES);
});

test('details say what was observed and what is demanded', () => {
  const policy = definePolicy('test', [
    { rule: 'minimum_compute_capability', minimum: '9.0' },
    { rule: 'minimum_total_memory', minimum_bytes: 2 ** 31 },
    { rule: 'no_uncorrected_ecc_errors' },
  ]);
  const device = { ...healthyGpu, eccUncorrectedVolatile: 2, eccUncorrectedAggregate: 3 };
  expect(evaluate(policy, { device }).map(({ details }) => details)).toEqual([
    'The compute capability is 7.5, below 9.0',
    'The device has 1073741824 bytes of memory, below 2147483648',
    'The device memory has 3 uncorrected ECC errors',
  ]);
});

test('counters are not asked for where ECC is known to be off', () => {
  const { eccUncorrectedVolatile: _volatile, eccUncorrectedAggregate: _aggregate, ...facts } = healthyGpu;
  const policy = definePolicy('test', [{ rule: 'no_uncorrected_ecc_errors' }]);
  expect(evaluate(policy, { device: { ...facts, eccEnabled: false } })).toEqual([]);
});
