import { z } from 'zod';

const severity = z.enum(['CRITICAL', 'WARNING']).default('CRITICAL');
const rule = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ rule: z.literal(name), severity, ...shape });

/** A rule as data, as it stands in a policy document. */
const ruleSchema = z.discriminatedUnion('rule', [
  rule('minimum_compute_capability', { minimum: z.string().regex(/^\d+\.\d+$/) }),
  rule('minimum_total_memory', { minimum_bytes: z.int().min(1) }),
  rule('no_simulated_device', {}),
  rule('no_uncorrected_ecc_errors', {}),
  rule('no_failed_row_remapping', {}),
  rule('no_integrated_gpu', {}),
  rule('device_memory_only', {}),
]);

const policySchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  rules: z.array(ruleSchema).min(1).max(100),
});

export type Rule = z.infer<typeof ruleSchema>;
/** Rules under one name. */
export type Policy = z.infer<typeof policySchema>;

/** The schema's answer: the policy, or the first thing that is wrong with the document and where. */
export function checkPolicy(
  document: unknown,
): { readonly policy: Policy } | { readonly path: string; readonly message: string } {
  const result = policySchema.safeParse(document);
  if (result.success) return { policy: result.data };
  const [issue] = result.error.issues;
  return { path: (issue?.path ?? []).map(String).join('.'), message: issue?.message ?? 'malformed' };
}
