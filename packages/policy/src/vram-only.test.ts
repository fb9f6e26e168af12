import type { DeviceFacts } from '@vram-residency/device';
import { describe, expect, test } from 'vitest';
import { healthyGpu, without } from '../test/healthy-gpu.js';
import { evaluate } from './evaluate.js';
import { parsePolicy } from './policy.js';
import { vramOnly } from './vram-only.js';

const rules = (device: DeviceFacts) => evaluate(vramOnly(), { device }).map(({ rule }) => rule);

describe('vramOnly over devices', () => {
  test('accepts a healthy discrete GPU, though it can do managed memory', () => {
    expect(rules(healthyGpu)).toEqual([]);
  });

  test('accepts what it does not judge', () => {
    const facts = { migEnabled: true, mps: true, confidentialCompute: false, remappedRowsPending: true };
    expect(rules({ ...healthyGpu, ...facts, driverVersion: '1' })).toEqual([]);
  });

  test.each([
    ['minimum_compute_capability', { computeCapability: '7.4' }],
    ['minimum_compute_capability', { computeCapability: '6.9' }],
    ['minimum_total_memory', { totalBytes: 2 ** 30 - 1 }],
    ['no_simulated_device', { simulated: true }],
    ['no_uncorrected_ecc_errors', { eccUncorrectedVolatile: 1 }],
    ['no_uncorrected_ecc_errors', { eccUncorrectedAggregate: 1 }],
    ['no_failed_row_remapping', { remappingFailed: true }],
    ['no_integrated_gpu', { integrated: true }],
  ] as const)('%s refuses %o', (rule, facts) => {
    expect(rules({ ...healthyGpu, ...facts })).toEqual([rule]);
  });

  test.each([
    ['minimum_compute_capability', 'computeCapability'],
    ['minimum_total_memory', 'totalBytes'],
    ['no_simulated_device', 'simulated'],
    ['no_uncorrected_ecc_errors', 'eccEnabled'],
    ['no_uncorrected_ecc_errors', 'eccUncorrectedVolatile'],
    ['no_uncorrected_ecc_errors', 'eccUncorrectedAggregate'],
    ['no_failed_row_remapping', 'remappingFailed'],
    ['no_integrated_gpu', 'integrated'],
  ] as const)('%s refuses an unknown %s', (rule, fact) => {
    expect(rules(without(healthyGpu, fact))).toEqual([rule]);
  });

  test('does not ask for error counts where ECC is off, nor anything of newer GPUs', () => {
    const { eccUncorrectedVolatile: _v, eccUncorrectedAggregate: _a, ...facts } = healthyGpu;
    expect(rules({ ...facts, eccEnabled: false, computeCapability: '10.0' })).toEqual([]);
  });

  test('allows the simulated device only when told to', () => {
    const device = { ...healthyGpu, simulated: true };
    expect(evaluate(vramOnly({ allowSimulated: true }), { device })).toEqual([]);
    expect(evaluate(vramOnly({ allowSimulated: false }), { device })).toHaveLength(1);
    expect(evaluate(vramOnly({ allowSimulated: 'no' as never }), { device })).toHaveLength(1);
  });

  test('allowing the simulated device forgives nothing else', () => {
    const device = { ...without(healthyGpu, 'integrated'), simulated: true };
    expect(evaluate(vramOnly({ allowSimulated: true }), { device })).toHaveLength(1);
  });
});

test.each([
  [{ memoryType: 'device', managed: false }, []],
  [{ memoryType: 'device', managed: false, exclusive: false, readOnly: false }, []],
  [{ memoryType: 'managed', managed: true }, ['unified_memory_detected']],
  [{ memoryType: 'device', managed: true }, ['unified_memory_detected']],
  [{ memoryType: 'host', managed: false }, ['unified_memory_detected']],
  [{ managed: false }, ['unified_memory_detected']],
  [{ memoryType: 'device' }, ['unified_memory_detected']],
] as const)('vramOnly over an allocation with %o finds %j', (allocation, expected) => {
  expect(evaluate(vramOnly(), { allocation }).map(({ violation }) => violation)).toEqual(expected);
});

test('vramOnly is critical throughout, and says the same in JSON', () => {
  for (const policy of [vramOnly(), vramOnly({ allowSimulated: true })]) {
    expect(policy.name).toBe('vram_only');
    expect(policy.rules.map(({ severity }) => severity)).not.toContain('WARNING');
    expect(parsePolicy(JSON.stringify(policy))).toEqual(policy);
  }
});
