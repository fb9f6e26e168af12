import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';
import { EXPLANATIONS } from '../src/explanations.js';
import { POLICY_ERROR_CODES } from '../src/policy-error.js';
import { RULE_NAMES, ruleSchema } from '../src/rule.js';
import { vramOnly } from '../src/vram-only.js';

const readme = new URL('../README.md', import.meta.url);
const text = readFileSync(readme, 'utf8');

/** The rows of the first table under a heading, their cells without padding. */
function table(heading: string): string[][] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [rows = ''] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [];
  const cells = rows.split('\n').map((row) => row.split('|').slice(1, -1));
  return cells.slice(2).map((row) => row.map((cell) => cell.trim()));
}

testReadmeExamples(readme);

test('the table of rules names every rule, its parameters and its violation', () => {
  const rows = table('Rules as data').map(([rule = '', parameter = '', , violation = '']) => [
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
  const names = table('vramOnly').map(([rule = '']) => /\w+/.exec(rule)?.[0]);
  expect(names).toEqual(vramOnly().rules.map(({ rule }) => rule));
});

test('the table of errors names every code', () => {
  expect(table('Errors').map(([code]) => code)).toEqual(
    Object.keys(POLICY_ERROR_CODES).map((code) => `\`${code}\``),
  );
});
