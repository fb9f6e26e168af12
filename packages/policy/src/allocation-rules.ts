import type { AllocationFacts } from '@vram-residency/device';
import { type Finding, unless } from './finding.js';
import type { AllocationRule } from './rule.js';

/** What a rule finds wrong with an allocation. */
export function findInAllocation(rule: AllocationRule, allocation: AllocationFacts): Finding {
  switch (rule.rule) {
    case 'device_memory_only':
      return findOtherMemory(allocation);
    case 'exclusive_allocation':
      return unless(
        allocation.exclusive,
        true,
        'Whether other mappings of the allocation exist is unknown',
        'Other mappings of the allocation exist or can be made',
      );
  }
}

/** Decides on both facts: the driver calls managed memory device memory while it lies there. */
function findOtherMemory({ memoryType, managed }: AllocationFacts): Finding {
  if (managed === true || memoryType === 'managed') {
    return 'The allocation is managed memory, which moves between host and device';
  }
  if (memoryType === 'host') return 'The allocation is host memory';
  if (memoryType === 'device' && managed === false) return undefined;
  return 'What kind of memory was allocated is unknown';
}
