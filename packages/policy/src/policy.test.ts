import { describe, expect, test } from 'vitest';
import { customRule } from './custom-rule.js';
import { definePolicy, type Policy, parsePolicy } from './policy.js';

const rule = 'no_integrated_gpu';
const own = customRule({
  rule: 'own',
  violation: 'own',
  remedy: 'none',
  scope: 'device',
  check: () => undefined,
});

const invalid = (message: string | RegExp) =>
  expect.objectContaining({
    name: 'PolicyError',
    code: 'INVALID_POLICY',
    retriable: false,
    violations: [],
    message: expect.stringMatching(message),
  });

describe('a policy in JSON', () => {
  test('is read with its severities, critical where none is written', () => {
    const json = { name: 'own', rules: [{ rule }, { rule: 'no_mig', severity: 'WARNING' }] };
    const expected = {
      name: 'own',
      rules: [
        { rule, severity: 'CRITICAL' },
        { rule: 'no_mig', severity: 'WARNING' },
      ],
    };
    expect(parsePolicy(json)).toEqual(expected);
    expect(parsePolicy(JSON.stringify(json))).toEqual(expected);
    expect(parsePolicy(JSON.stringify(parsePolicy(json)))).toEqual(expected);
  });

  test.each([
    ['{', /not JSON/],
    ['null', / at its root: /],
    [[], / at its root: /],
    [undefined, / at its root: /],
    [{}, / at name: .*; rules: /],
    [{ name: 'x', rules: [{ rule: 'minimum_total_memory', minimum_bytes: -1 }] }, /rules\.0\.minimum_bytes/],
    [{ name: 'x', rules: [{ rule: 'minimum_total_memory', minimum_bytes: 1.5 }] }, /rules\.0\.minimum_bytes/],
    [{ name: 'x', rules: [{ rule: 'minimum_total_memory' }] }, /rules\.0\.minimum_bytes/],
    [{ name: 'x', rules: [{ rule: 'minimum_compute_capability', minimum: '9' }] }, /rules\.0\.minimum:/],
    [{ name: 'x', rules: [{ rule: 'minimum_compute_capability', minimum: 9.0 }] }, /rules\.0\.minimum:/],
    [{ name: 'x', rules: [{ rule: 'minimum_driver_version', minimum: '1.x' }] }, /rules\.0\.minimum:/],
    [{ name: 'x', rules: [{ rule }, { rule: 'unheard_of' }] }, /rules\.1\.rule/],
    [{ name: 'x', rules: [{ rule, severity: 'INFO' }] }, /rules\.0\.severity/],
    [{ name: 'x', rules: [{ rule, extra: 1 }] }, /rules\.0: .*extra/],
    [{ name: 'x', rules: [{ severity: 'INFO' }] }, /rules\.0\.rule/],
    [{ name: 'x', rules: ['no_mig'] }, /rules\.0: /],
    [{ name: 'x', rules: [JSON.parse(JSON.stringify(own))] }, /rules\.0\.rule/],
    [{ name: 'x', rules: [] }, /rules: /],
    [{ name: 'x', rules: new Array(101).fill({ rule }) }, /rules: /],
    [{ name: 'No Name', rules: [{ rule }] }, /name/],
    [{ name: 'x', rules: [{ rule }], extra: 1 }, / at its root: .*extra/],
  ])('that is malformed is refused with the path: %j', (json, path) => {
    expect(() => parsePolicy(json)).toThrow(invalid(path));
  });

  test('that is malformed in many places is refused with the first of them, in one record’s length', () => {
    const rules = Array.from({ length: 100 }, () => ({ rule, ['x'.repeat(200)]: 1 }));
    const refused = () => parsePolicy({ name: 'x', rules });
    expect(refused).toThrow(invalid(/rules\.0: .*rules\.1: .*…$/));
    expect(refused).toThrow(invalid(/^[\s\S]{1,1024}$/));
  });

  test('that is no JSON is not quoted', () => {
    expect(() => parsePolicy('token-0123456789')).toThrow(invalid(/^The policy is not JSON$/));
  });
});

describe('a policy that is defined', () => {
  test('takes rules of both kinds, in their order', () => {
    const policy = definePolicy('own', [
      own,
      { rule },
      ...parsePolicy({ name: 'x', rules: [{ rule }] }).rules,
    ]);
    expect(policy.rules).toEqual([own, { rule, severity: 'CRITICAL' }, { rule, severity: 'CRITICAL' }]);
    expect(policy.rules[0]).toBe(own);
  });

  test('takes no function that customRule has not checked', () => {
    expect(() => definePolicy('own', [{ rule }, { ...own }])).toThrow(invalid(/rules\.1\.rule/));
  });

  test('is refused with the path of what is wrong', () => {
    expect(() => definePolicy('', [{ rule }])).toThrow(invalid(/ at name: /));
    expect(() => definePolicy('own', [])).toThrow(invalid(/ at rules: /));
  });
});

test.each<[string, Policy]>([
  ['definePolicy', definePolicy('own', [own, { rule }])],
  ['parsePolicy', parsePolicy({ name: 'own', rules: [{ rule }] })],
])('a policy made by %s cannot be changed', (_, policy) => {
  for (const part of [policy, policy.rules, ...policy.rules]) expect(Object.isFrozen(part)).toBe(true);
});

test('a policy does not follow what it was made from', () => {
  const json = { name: 'own', rules: [{ rule, severity: 'CRITICAL' }] };
  const policy = parsePolicy(json);
  Object.assign(json.rules[0] as object, { severity: 'WARNING' });
  json.rules.length = 0;
  expect(policy.rules).toEqual([{ rule, severity: 'CRITICAL' }]);
});
