import { z } from 'zod';

/** What a rule, a violation or a policy is called: it is recorded in the log. */
export const NAME_PATTERN: RegExp = /^[a-z][a-z0-9_]{0,63}$/;

/** `CRITICAL` stops the worker, `WARNING` is recorded. */
export const violationSeverity = z.enum(['CRITICAL', 'WARNING']);
export type ViolationSeverity = z.infer<typeof violationSeverity>;

const rule = <Name extends string, Parameters extends z.ZodRawShape>(name: Name, parameters: Parameters) =>
  z.strictObject({ rule: z.literal(name), severity: violationSeverity.default('CRITICAL'), ...parameters });

const deviceRules = [
  rule('minimum_compute_capability', { minimum: z.string().regex(/^\d{1,3}\.\d{1,3}$/) }),
  rule('minimum_total_memory', { minimum_bytes: z.int().min(1) }),
  rule('minimum_driver_version', { minimum: z.string().regex(/^\d{1,9}(\.\d{1,9}){0,3}$/) }),
  rule('no_simulated_device', {}),
  rule('no_integrated_gpu', {}),
  rule('ecc_enabled', {}),
  rule('no_uncorrected_ecc_errors', {}),
  rule('no_pending_row_remapping', {}),
  rule('no_failed_row_remapping', {}),
  rule('no_mig', {}),
  rule('no_mps', {}),
  rule('confidential_compute', {}),
] as const;

const allocationRules = [rule('device_memory_only', {}), rule('exclusive_allocation', {})] as const;

export const ruleSchema = z.discriminatedUnion('rule', [...deviceRules, ...allocationRules]);

/** A rule over devices as data: its name, its severity and its parameters. */
export type DeviceRule = z.infer<(typeof deviceRules)[number]>;
/** A rule over allocations as data. */
export type AllocationRule = z.infer<(typeof allocationRules)[number]>;
/** A rule as data. */
export type DataRule = DeviceRule | AllocationRule;
/** A rule as it is written down: the severity may be left out. */
export type DataRuleInput = z.input<typeof ruleSchema>;
/** The name of a rule that is data. */
export type RuleName = DataRule['rule'];
/** All of them. */
export const RULE_NAMES: readonly RuleName[] = ruleSchema.options.map(({ shape }) => shape.rule.value);
