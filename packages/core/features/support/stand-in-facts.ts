import type { AllocationFactOverrides, DeviceFactOverrides } from '@vram-residency/device';
import { named } from './named.js';

/** What the stand-in driver is told to report: a number, or that the driver does not tell. */
type StandInFacts = Readonly<Record<string, number | 'unsupported'>>;

const NAMES: Readonly<Record<string, string>> = {
  totalBytes: 'total_bytes',
  integrated: 'integrated',
  managedMemory: 'managed_memory',
  pageableMemoryAccess: 'pageable_memory_access',
  concurrentManagedAccess: 'concurrent_managed_access',
  eccEnabled: 'ecc_enabled',
  eccUncorrectedVolatile: 'ecc_uncorrected_volatile',
  eccUncorrectedAggregate: 'ecc_uncorrected_aggregate',
  remappingFailed: 'remapping_failed',
};

/** CU_MEMORYTYPE_HOST, CU_MEMORYTYPE_DEVICE. */
const MEMORY_TYPES: Readonly<Record<string, number>> = { host: 1, device: 2 };

/** Facts of a device as the driver and NVML tell them. */
export function deviceFactsOfStandIn(facts: DeviceFactOverrides): StandInFacts {
  return Object.fromEntries(Object.entries(facts).flatMap(([fact, value]) => toldOf(fact, value)));
}

/** Facts of an allocation as the driver tells them; it has no memory type for managed memory, but an attribute. */
export function allocationFactsOfStandIn(facts: AllocationFactOverrides): StandInFacts {
  const { memoryType, managed } = facts;
  const told: Record<string, number | 'unsupported'> = {};
  if (managed !== undefined || memoryType === 'managed')
    told['is_managed'] = Number(managed ?? memoryType === 'managed');
  else if ('managed' in facts) told['is_managed'] = 'unsupported';
  if (memoryType !== undefined && memoryType !== 'managed')
    told['memory_type'] = named(MEMORY_TYPES, memoryType);
  else if (memoryType === undefined && 'memoryType' in facts) told['memory_type'] = 'unsupported';
  return told;
}

function toldOf(fact: string, value: unknown): [string, number | 'unsupported'][] {
  if (fact !== 'computeCapability') {
    return [[named(NAMES, fact), value === undefined ? 'unsupported' : Number(value)]];
  }
  const [major, minor] = typeof value === 'string' ? value.split('.').map(Number) : [];
  return [
    ['compute_capability_major', major ?? 'unsupported'],
    ['compute_capability_minor', minor ?? 'unsupported'],
  ];
}
