import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';
import { PolicyError } from './policy-error.js';
import type { Policy, Rule } from './rule.js';
import type { Violation } from './violation.js';

/** What is judged: a device, an allocation on it, or both. */
export interface ObservedFacts {
  readonly device?: DeviceFacts;
  readonly allocation?: AllocationFacts;
}

/** What a rule found wrong: details, or nothing. */
type Finding = string | undefined;

/**
 * All violations of a policy. Rules over devices are judged if a device is given, rules over allocations if an
 * allocation is. A fact that a rule decides on and that is unknown is a violation.
 */
export function evaluate(policy: Policy, facts: ObservedFacts): Violation[] {
  return policy.rules.flatMap((rule) => {
    const details = judge(rule, facts);
    if (details === undefined) return [];
    const { violation, remedy } = EXPLANATIONS[rule.rule];
    return [{ rule: rule.rule, violation, details, severity: rule.severity, remedy }];
  });
}

/**
 * Evaluates a policy; tells `onViolation` of each violation, then throws if any is CRITICAL.
 *
 * @returns the violations that only warn
 * @throws {@link PolicyError} `POLICY_VIOLATION`
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
  throw new PolicyError('POLICY_VIOLATION', `Policy ${policy.name} is violated: ${summary}`, violations);
}

function judge(rule: Rule, { device, allocation }: ObservedFacts): Finding {
  if (rule.rule === 'device_memory_only') return allocation && judgeAllocation(allocation);
  return device && judgeDevice(rule, device);
}

function judgeDevice(rule: Exclude<Rule, { rule: 'device_memory_only' }>, device: DeviceFacts): Finding {
  switch (rule.rule) {
    case 'minimum_compute_capability':
      return below(device.computeCapability, rule.minimum);
    case 'minimum_total_memory': {
      const { totalBytes } = device;
      if (totalBytes === undefined) return 'The size of the device memory is unknown';
      return totalBytes < rule.minimum_bytes
        ? `The device has ${totalBytes} bytes of memory, below ${rule.minimum_bytes}`
        : undefined;
    }
    case 'no_simulated_device':
      return device.simulated ? 'The device is simulated: no GPU holds the bytes' : undefined;
    case 'no_uncorrected_ecc_errors':
      return eccErrors(device);
    case 'no_failed_row_remapping':
      if (device.remappingFailed === undefined) return 'Whether a row remapping failed is unknown';
      return device.remappingFailed ? 'A row remapping failed: memory is damaged beyond repair' : undefined;
    case 'no_integrated_gpu':
      if (device.integrated === undefined) return 'Whether the GPU is integrated is unknown';
      return device.integrated ? 'The GPU is integrated: its memory is the host’s' : undefined;
  }
}

function below(capability: string | undefined, minimum: string): Finding {
  if (capability === undefined) return 'The compute capability is unknown';
  const [major = 0, minor = 0] = capability.split('.').map(Number);
  const [minMajor = 0, minMinor = 0] = minimum.split('.').map(Number);
  const isBelow = major < minMajor || (major === minMajor && minor < minMinor);
  return isBelow ? `The compute capability is ${capability}, below ${minimum}` : undefined;
}

/** Where ECC is known to be off nothing counts errors, so there is nothing to judge. */
function eccErrors({ eccEnabled, eccUncorrectedVolatile, eccUncorrectedAggregate }: DeviceFacts): Finding {
  if (eccEnabled === false) return undefined;
  if (eccEnabled === undefined) return 'Whether ECC is on is unknown';
  if (eccUncorrectedVolatile === undefined || eccUncorrectedAggregate === undefined) {
    return 'The number of uncorrected ECC errors is unknown';
  }
  const count = Math.max(eccUncorrectedVolatile, eccUncorrectedAggregate);
  return count > 0 ? `The device memory has ${count} uncorrected ECC errors` : undefined;
}

function judgeAllocation({ memoryType, managed }: AllocationFacts): Finding {
  if (memoryType === undefined || managed === undefined)
    return 'What kind of memory was allocated is unknown';
  if (managed || memoryType === 'managed')
    return 'The allocation is managed memory, which moves between host and device';
  return memoryType === 'host' ? 'The allocation is host memory' : undefined;
}

const DEVICE = 'invalid_device_properties';
const UNIFIED = 'unified_memory_detected';
const EXPLANATIONS: Readonly<Record<Rule['rule'], { readonly violation: string; readonly remedy: string }>> =
  {
    minimum_compute_capability: { violation: DEVICE, remedy: 'use a newer GPU' },
    minimum_total_memory: { violation: DEVICE, remedy: 'use a GPU with more memory' },
    no_simulated_device: { violation: DEVICE, remedy: 'use a real GPU, or allow the simulated device' },
    no_uncorrected_ecc_errors: {
      violation: DEVICE,
      remedy: 'drain the worker and have the GPU reset or replaced',
    },
    no_failed_row_remapping: { violation: DEVICE, remedy: 'have the GPU replaced' },
    no_integrated_gpu: { violation: UNIFIED, remedy: 'use a discrete GPU' },
    device_memory_only: { violation: UNIFIED, remedy: 'use a backend that allocates device memory' },
  };
