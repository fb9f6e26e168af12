import type { DeviceFacts } from '@vram-residency/device';
import { describe, expect, test } from 'vitest';
import { enforce, evaluate } from './evaluate.js';
import { parsePolicy } from './parse-policy.js';
import type { Violation } from './violation.js';
import { vramOnly } from './vram-only.js';

const healthy: DeviceFacts = {
  index: 0,
  uuid: 'GPU-1',
  backend: 'cuda',
  simulated: false,
  computeCapability: '7.5',
  totalBytes: 2 ** 30,
  integrated: false,
  managedMemory: true,
  eccEnabled: true,
  eccUncorrectedVolatile: 0,
  eccUncorrectedAggregate: 0,
  remappingFailed: false,
};

const without = (fact: keyof DeviceFacts): DeviceFacts => {
  const { [fact]: _, ...rest } = healthy;
  return rest as DeviceFacts;
};
const rules = (device: DeviceFacts) => evaluate(vramOnly(), { device }).map(({ rule }) => rule);

describe('vramOnly over devices', () => {
  test('accepts a healthy discrete GPU, though it can do managed memory', () => {
    expect(rules(healthy)).toEqual([]);
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
    expect(rules({ ...healthy, ...facts })).toEqual([rule]);
  });

  test.each([
    ['minimum_compute_capability', 'computeCapability'],
    ['minimum_total_memory', 'totalBytes'],
    ['no_uncorrected_ecc_errors', 'eccEnabled'],
    ['no_uncorrected_ecc_errors', 'eccUncorrectedVolatile'],
    ['no_failed_row_remapping', 'remappingFailed'],
    ['no_integrated_gpu', 'integrated'],
  ] as const)('%s refuses an unknown %s', (rule, fact) => {
    expect(rules(without(fact))).toEqual([rule]);
  });

  test('does not ask for error counts where ECC is off, nor anything of newer GPUs', () => {
    const { eccUncorrectedVolatile: _v, eccUncorrectedAggregate: _a, ...facts } = healthy;
    expect(rules({ ...facts, eccEnabled: false, computeCapability: '10.0' })).toEqual([]);
  });

  test('allows the simulated device only when told to', () => {
    expect(evaluate(vramOnly({ allowSimulated: true }), { device: { ...healthy, simulated: true } })).toEqual(
      [],
    );
  });
});

test.each([
  [{ memoryType: 'device', managed: false }, []],
  [{ memoryType: 'managed', managed: true }, ['unified_memory_detected']],
  [{ memoryType: 'device', managed: true }, ['unified_memory_detected']],
  [{ memoryType: 'host', managed: false }, ['unified_memory_detected']],
  [{ managed: false }, ['unified_memory_detected']],
  [{ memoryType: 'device' }, ['unified_memory_detected']],
] as const)('vramOnly over an allocation with %o finds %j', (allocation, expected) => {
  expect(evaluate(vramOnly(), { allocation }).map(({ violation }) => violation)).toEqual(expected);
});

describe('enforce', () => {
  test('tells of every violation, then throws with all of them', () => {
    const told: Violation[] = [];
    const device = { ...healthy, integrated: true, totalBytes: 1 };
    expect(() => enforce(vramOnly(), { device }, (violation) => told.push(violation))).toThrow(
      expect.objectContaining({ code: 'POLICY_VIOLATION', violations: told }),
    );
    expect(told).toHaveLength(2);
  });

  test('only warns where the rule says so', () => {
    const policy = parsePolicy({ name: 'soft', rules: [{ rule: 'no_integrated_gpu', severity: 'WARNING' }] });
    expect(enforce(policy, { device: { ...healthy, integrated: true } }, () => undefined)).toHaveLength(1);
  });
});

describe('policies in JSON', () => {
  test('say the same as the preset they were written from', () => {
    expect(parsePolicy(JSON.stringify(vramOnly()))).toEqual(vramOnly());
  });

  test.each([
    ['{', /not JSON/],
    [{ name: 'x', rules: [{ rule: 'minimum_total_memory', minimum_bytes: -1 }] }, /rules\.0\.minimum_bytes/],
    [{ name: 'x', rules: [{ rule: 'unheard_of' }] }, /rules\.0\.rule/],
    [{ name: 'No Name', rules: [{ rule: 'no_integrated_gpu' }] }, /name/],
    [{ name: 'x', rules: [{ rule: 'no_integrated_gpu', extra: 1 }] }, /rules\.0/],
  ])('that are malformed are refused with the path: %j', (json, path) => {
    expect(() => parsePolicy(json)).toThrow(
      expect.objectContaining({ code: 'INVALID_POLICY', message: expect.stringMatching(path) }),
    );
  });
});
