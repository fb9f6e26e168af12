import { z } from 'zod';
import { boundedText } from './bounded-text.js';
import { type CustomRule, isCustomRule } from './custom-rule.js';
import { PolicyError } from './policy-error.js';
import { type DataRule, type DataRuleInput, NAME_PATTERN, ruleSchema } from './rule.js';

/** A rule of either kind: data or a function. */
export type Rule = Readonly<DataRule> | CustomRule;

/**
 * Rules under one name, which is recorded with every violation. `definePolicy`, `parsePolicy` and the presets make
 * one; it cannot be changed.
 */
export interface Policy {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const MAX_ISSUES_SHOWN = 10;

const policies = new WeakSet<object>();
const anyRule = z.unknown().transform((rule, context): Rule => {
  if (isCustomRule(rule)) return rule;
  const { data, error } = ruleSchema.safeParse(rule);
  for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  return data === undefined ? z.NEVER : Object.freeze(data);
});
const policySchema = z.strictObject({
  name: z.string().regex(NAME_PATTERN),
  rules: z.array(anyRule).min(1).max(100),
});

/**
 * Makes a policy from rules that are data and rules that are functions ({@link customRule}).
 *
 * @param name lower-case letters, digits and `_`, at most 64
 * @param rules 1 to 100
 * @throws {@link PolicyError} `INVALID_POLICY`, naming the path of what is wrong
 */
export function definePolicy(name: string, rules: readonly (DataRuleInput | Rule)[]): Policy {
  return checked({ name, rules });
}

/**
 * Reads a policy from JSON: text, or a value that was parsed already.
 *
 * @throws {@link PolicyError} `INVALID_POLICY`, naming the path of what is wrong
 */
export function parsePolicy(json: unknown): Policy {
  return checked(typeof json === 'string' ? parseJson(json) : json);
}

/** @throws TypeError for what looks like a policy but was not checked, and might let anything pass */
export function assertPolicy(policy: Policy): void {
  if (!policies.has(policy)) {
    throw new TypeError('Expected a policy made by definePolicy, parsePolicy or a preset for policy');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The reason would quote the text, which may be of any file.
    throw new PolicyError('INVALID_POLICY', 'The policy is not JSON');
  }
}

function checked(document: unknown): Policy {
  const { data, error } = policySchema.safeParse(document);
  if (data === undefined) {
    const issues = (error?.issues ?? []).slice(0, MAX_ISSUES_SHOWN);
    const places = issues.map(({ path, message }) => `${path.join('.') || 'its root'}: ${message}`);
    throw new PolicyError('INVALID_POLICY', boundedText(`The policy is malformed at ${places.join('; ')}`));
  }
  Object.freeze(data.rules);
  policies.add(Object.freeze(data));
  return data;
}
