import { evaluate, type ObservedFacts } from './evaluate.js';
import type { Policy } from './policy.js';
import { PolicyError } from './policy-error.js';
import type { Violation } from './violation.js';

/**
 * Evaluates a policy; tells `onViolation` of each violation, then throws if any is CRITICAL. What `onViolation`
 * throws is thrown at once: nothing counts as permitted that was not told.
 *
 * @returns the violations that only warn
 * @throws {@link PolicyError} `POLICY_VIOLATION`, with all violations
 * @throws TypeError as {@link evaluate} does
 */
export function enforce(
  policy: Policy,
  facts: ObservedFacts,
  onViolation: (violation: Violation) => void,
): Violation[] {
  const violations = evaluate(policy, facts);
  for (const violation of violations) onViolation(violation);
  const critical = violations.filter(({ severity }) => severity === 'CRITICAL');
  if (critical.length === 0) return violations;
  const summary = critical.map(({ details, remedy }) => `${details}; ${remedy}`).join('. ');
  const failed = critical.find((violation) => 'cause' in violation);
  throw new PolicyError('POLICY_VIOLATION', `Policy ${policy.name} is violated: ${summary}`, {
    violations,
    ...(failed && { cause: failed.cause }),
  });
}
