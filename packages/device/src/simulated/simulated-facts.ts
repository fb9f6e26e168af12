import type { AllocationFacts } from '../allocation-facts.js';
import type { DeviceFacts } from '../device-facts.js';
import type { AllocationFactOverrides, DeviceFactOverrides } from './simulated-options.js';

/** The name that the simulated backend records. */
export const SIMULATED_BACKEND_NAME = 'simulated';

/** The facts of a healthy discrete GPU, but those of a driver, which it has none of: they are unknown. */
export function simulatedDeviceFacts(
  index: number,
  capacityBytes: number,
  overrides: DeviceFactOverrides,
): DeviceFacts {
  return known<DeviceFacts>({
    uuid: `SIM-00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    name: 'Simulated device',
    computeCapability: '9.0',
    totalBytes: capacityBytes,
    integrated: false,
    managedMemory: true,
    pageableMemoryAccess: false,
    pageableUsesHostPageTables: false,
    concurrentManagedAccess: true,
    eccEnabled: true,
    eccUncorrectedVolatile: 0,
    eccUncorrectedAggregate: 0,
    remappedRowsPending: false,
    remappingFailed: false,
    migEnabled: false,
    confidentialCompute: false,
    mps: false,
    ...overrides,
    index,
    backend: SIMULATED_BACKEND_NAME,
    simulated: true,
  });
}

/** The facts of an allocation by the virtual memory API, as the simulated device behaves. */
export function simulatedAllocationFacts(
  deviceOrdinal: number,
  readOnly: boolean,
  overrides: AllocationFactOverrides,
): AllocationFacts {
  return known<AllocationFacts>({
    memoryType: 'device',
    managed: false,
    deviceOrdinal,
    readOnly,
    exportable: false,
    exclusive: true,
    api: 'vmm',
    ...overrides,
  });
}

/** The facts without those that are `undefined`: an unknown fact is absent. */
function known<Facts extends object>(facts: { [Fact in keyof Facts]: Facts[Fact] | undefined }): Facts {
  return Object.freeze(
    Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
  ) as Facts;
}
