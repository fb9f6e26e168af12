import type { Violation } from './violation.js';

/** What each stable code of {@link PolicyError} means; the table of `docs/errors.md` is made from it. */
export const POLICY_ERROR_CODES = {
  INVALID_POLICY: 'A policy is malformed; the message names the path of what is wrong.',
  POLICY_VIOLATION: 'What was observed violates the policy; `violations` says how.',
} as const;

export type PolicyErrorCode = keyof typeof POLICY_ERROR_CODES;

/** Options of {@link PolicyError}. */
export interface PolicyErrorOptions {
  readonly violations?: readonly Violation[];
  readonly cause?: unknown;
}

/** Every failure of this package that is not a caller's mistake (those are `TypeError`). */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: PolicyErrorCode;
  /** Never: what was observed, or the policy, has to change first. */
  readonly retriable: boolean = false;
  /** All violations found, warnings included. */
  readonly violations: readonly Violation[];

  constructor(code: PolicyErrorCode, message: string, options: PolicyErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.violations = options.violations ?? [];
  }
}
