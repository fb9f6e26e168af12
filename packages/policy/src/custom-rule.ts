import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';
import { z } from 'zod';
import { NAME_PATTERN, RULE_NAMES, type ViolationSeverity, violationSeverity } from './rule.js';

interface CustomRuleBase {
  /** What the rule is called: lower-case letters, digits and `_`, at most 64, and no name of a built-in rule. */
  readonly rule: string;
  /** The kind of violation that is recorded, spelled as `rule` is. */
  readonly violation: string;
  /** What to do about a violation, 1 to 1024 characters. */
  readonly remedy: string;
  /** Default `CRITICAL`. */
  readonly severity?: ViolationSeverity;
}

/** A rule of one's own over devices. */
export interface CustomDeviceRule extends CustomRuleBase {
  readonly scope: 'device';
  /**
   * Says what is wrong with a device in one sentence, which is recorded, or returns `undefined` if nothing is. A fact
   * that is absent is unknown: a rule that decides on it says so instead of letting it pass. A check that throws, or
   * returns anything else, is a violation itself.
   */
  readonly check: (device: DeviceFacts) => string | undefined;
}

/** A rule of one's own over allocations. */
export interface CustomAllocationRule extends CustomRuleBase {
  readonly scope: 'allocation';
  /** Judges an allocation as {@link CustomDeviceRule.check} does a device. */
  readonly check: (allocation: AllocationFacts) => string | undefined;
}

/** A rule that is a function, made by {@link customRule}. */
export type CustomRule = (CustomDeviceRule | CustomAllocationRule) & {
  readonly severity: ViolationSeverity;
};

const customRules = new WeakSet<object>();
const customRuleSchema = z.strictObject({
  rule: z
    .string()
    .regex(NAME_PATTERN)
    .refine((name) => !(RULE_NAMES as readonly string[]).includes(name), 'the name of a built-in rule'),
  violation: z.string().regex(NAME_PATTERN),
  remedy: z.string().min(1).max(1024),
  severity: violationSeverity.optional(),
  scope: z.enum(['device', 'allocation']),
  check: z.custom((check) => typeof check === 'function', 'not a function'),
});

/**
 * Makes a rule from a function. It has no JSON: policies that are read from JSON have no such rules.
 *
 * @throws TypeError naming what is wrong with the rule
 * @example
 * customRule({
 *   rule: 'known_gpu',
 *   violation: 'unknown_gpu',
 *   remedy: 'add the GPU to the inventory first',
 *   scope: 'device',
 *   check: ({ uuid }) => (inventory.has(uuid) ? undefined : 'The GPU is not in the inventory'),
 * });
 */
export function customRule(rule: CustomDeviceRule | CustomAllocationRule): CustomRule {
  const [issue] = customRuleSchema.safeParse(rule).error?.issues ?? [];
  if (issue !== undefined) {
    throw new TypeError(`The rule is malformed at ${issue.path.join('.') || 'its root'}: ${issue.message}`);
  }
  const custom: CustomRule = Object.freeze({ ...rule, severity: rule.severity ?? 'CRITICAL' });
  customRules.add(custom);
  return custom;
}

/** Whether a value was made by {@link customRule}. */
export function isCustomRule(value: unknown): value is CustomRule {
  return typeof value === 'object' && value !== null && customRules.has(value);
}
