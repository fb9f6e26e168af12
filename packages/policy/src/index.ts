export {
  type CustomAllocationRule,
  type CustomDeviceRule,
  type CustomRule,
  customRule,
} from './custom-rule.js';
export { enforce } from './enforce.js';
export { evaluate, type ObservedFacts } from './evaluate.js';
export { assertPolicy, definePolicy, type Policy, parsePolicy, type Rule } from './policy.js';
export {
  POLICY_ERROR_CODES,
  PolicyError,
  type PolicyErrorCode,
  type PolicyErrorOptions,
} from './policy-error.js';
export type {
  AllocationRule,
  DataRule,
  DataRuleInput,
  DeviceRule,
  RuleName,
  ViolationSeverity,
} from './rule.js';
export type { Violation } from './violation.js';
export { type VramOnlyOptions, vramOnly } from './vram-only.js';
