import type { ViolationSeverity } from './rule.js';

/** One rule that what was observed does not satisfy. */
export interface Violation {
  /** The rule's name. */
  readonly rule: string;
  /**
   * `invalid_device_properties`, `unified_memory_detected`, or a rule's own; `rule_failed` where a custom rule threw or
   * returned no decision.
   */
  readonly violation: string;
  /** What was observed and what the rule demands, at most 1024 bytes of UTF-8. */
  readonly details: string;
  readonly severity: ViolationSeverity;
  /** What to do about it. */
  readonly remedy: string;
  /**
   * What the custom rule threw, if it did. It may hold anything, so it is not enumerable: neither JSON nor a printed
   * violation shows it, and it is never recorded.
   */
  readonly cause?: unknown;
}
