/** `CRITICAL` stops the worker, `WARNING` is recorded. */
export type ViolationSeverity = 'CRITICAL' | 'WARNING';

/** One rule that what was observed does not satisfy. */
export interface Violation {
  /** The rule's name. */
  readonly rule: string;
  /** `invalid_device_properties`, `unified_memory_detected`, or a rule's own. */
  readonly violation: string;
  /** What was observed and what the rule demands. */
  readonly details: string;
  readonly severity: ViolationSeverity;
  /** What to do about it. */
  readonly remedy: string;
}
