import type { Violation } from './violation.js';

export type PolicyErrorCode =
  /** What was observed violates the policy; `violations` says how. */
  | 'POLICY_VIOLATION'
  /** A policy document is malformed; the message names the path. */
  | 'INVALID_POLICY';

/** Every failure of this package that is not a caller's mistake. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: PolicyErrorCode;
  readonly retriable: boolean = false;
  /** All violations found, warnings included. */
  readonly violations: readonly Violation[];

  constructor(code: PolicyErrorCode, message: string, violations: readonly Violation[] = []) {
    super(message);
    this.code = code;
    this.violations = violations;
  }
}
