import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';
import { judge } from './judge.js';
import { assertPolicy, type Policy } from './policy.js';
import type { Violation } from './violation.js';

/** What is judged: a device, an allocation on it, or both. */
export interface ObservedFacts {
  readonly device?: DeviceFacts;
  readonly allocation?: AllocationFacts;
}

/**
 * All violations of a policy, in the order of its rules. Rules over devices are judged if a device is given, rules
 * over allocations if an allocation is. A fact that a rule decides on and that is unknown is a violation; so is a
 * custom rule that throws or does not decide.
 *
 * @throws TypeError if the policy was not made by this package, or nothing is given to judge
 */
export function evaluate(policy: Policy, facts: ObservedFacts): Violation[] {
  assertPolicy(policy);
  if (facts.device === undefined && facts.allocation === undefined) {
    throw new TypeError('Expected a device or an allocation for facts but received neither');
  }
  return policy.rules.flatMap((rule) => judge(rule, facts) ?? []);
}
