export { enforce, evaluate, type ObservedFacts } from './evaluate.js';
export { parsePolicy } from './parse-policy.js';
export { PolicyError, type PolicyErrorCode } from './policy-error.js';
export type { Policy, Rule } from './rule.js';
export type { Violation, ViolationSeverity } from './violation.js';
export { type VramOnlyOptions, vramOnly } from './vram-only.js';
