import { expect, test } from 'vitest';
import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';
import { readmeTable } from '../../../scripts/lib/readme-table.js';
import { EXPLANATIONS } from '../src/explanations.js';
import { POLICY_ERROR_CODES } from '../src/policy-error.js';
import { RULE_NAMES, ruleSchema } from '../src/rule.js';
import { vramOnly } from '../src/vram-only.js';

const readme = new URL('../README.md', import.meta.url);

testReadmeExamples(readme);

test('the table of rules names every rule, its parameters and its violation', () => {
  const rows = readmeTable(readme, 'Rules as data').map(([rule = '', parameter = '', , violation = '']) => [
    rule,
    parameter.replace(/,.*/, ''),
    violation,
  ]);
  const expected = RULE_NAMES.map((name, i) => {
    const shape = ruleSchema.options[i]?.shape ?? {};
    const parameters = Object.keys(shape).filter((member) => member !== 'rule' && member !== 'severity');
    return [
      `\`${name}\``,
      parameters.map((parameter) => `\`${parameter}\``).join(),
      `\`${EXPLANATIONS[name].violation}\``,
    ];
  });
  expect(rows).toEqual(expected);
});

test('the table of vramOnly names its rules', () => {
  const names = readmeTable(readme, 'vramOnly').map(([rule = '']) => /\w+/.exec(rule)?.[0]);
  expect(names).toEqual(vramOnly().rules.map(({ rule }) => rule));
});

test('the table of errors names every code', () => {
  expect(readmeTable(readme, 'Errors').map(([code]) => code)).toEqual(
    Object.keys(POLICY_ERROR_CODES).map((code) => `\`${code}\``),
  );
});
