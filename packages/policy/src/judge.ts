import { findInAllocation } from './allocation-rules.js';
import { boundedText } from './bounded-text.js';
import type { CustomRule } from './custom-rule.js';
import { findInDevice } from './device-rules.js';
import type { ObservedFacts } from './evaluate.js';
import { EXPLANATIONS } from './explanations.js';
import type { Finding } from './finding.js';
import type { Rule } from './policy.js';
import type { DataRule } from './rule.js';
import type { Violation } from './violation.js';

/** The rule's violation by what was observed, if it is one. A rule over what is not there is not judged. */
export function judge(rule: Rule, facts: ObservedFacts): Violation | undefined {
  if ('check' in rule) return judgeByFunction(rule, facts);
  const details = find(rule, facts);
  return details === undefined ? undefined : violationOf(rule, EXPLANATIONS[rule.rule], details);
}

function find(rule: DataRule, { device, allocation }: ObservedFacts): Finding {
  switch (rule.rule) {
    case 'device_memory_only':
    case 'exclusive_allocation':
      return allocation && findInAllocation(rule, allocation);
    default:
      return device && findInDevice(rule, device);
  }
}

/** A check that does not decide is a violation, so that a broken rule lets nothing pass. */
function judgeByFunction(rule: CustomRule, { device, allocation }: ObservedFacts): Violation | undefined {
  let decision: unknown;
  try {
    if (rule.scope === 'device') decision = device && rule.check(device);
    else decision = allocation && rule.check(allocation);
  } catch (cause) {
    const violation = ruleFailed(rule, `The rule ${rule.rule} threw`);
    return Object.defineProperty(violation, 'cause', { value: cause, enumerable: false });
  }
  if (decision === undefined) return undefined;
  if (typeof decision === 'string' && decision !== '') return violationOf(rule, rule, decision);
  return ruleFailed(rule, `The rule ${rule.rule} returned neither a text nor undefined`);
}

function ruleFailed({ rule }: CustomRule, details: string): Violation {
  const explanation = { violation: 'rule_failed', remedy: 'correct the rule' };
  return violationOf({ rule, severity: 'CRITICAL' }, explanation, details);
}

function violationOf(
  { rule, severity }: Pick<Violation, 'rule' | 'severity'>,
  { violation, remedy }: Pick<Violation, 'violation' | 'remedy'>,
  details: string,
): Violation {
  return { rule, violation, details: boundedText(details), severity, remedy };
}
