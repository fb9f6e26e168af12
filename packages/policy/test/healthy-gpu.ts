import type { AllocationFacts, DeviceFacts } from '@vram-residency/device';

/** The least that `vramOnly` accepts, with every fact that a rule decides on. */
export const healthyGpu: DeviceFacts = {
  index: 0,
  uuid: 'GPU-1',
  backend: 'cuda',
  simulated: false,
  computeCapability: '7.5',
  totalBytes: 2 ** 30,
  integrated: false,
  managedMemory: true,
  eccEnabled: true,
  eccUncorrectedVolatile: 0,
  eccUncorrectedAggregate: 0,
  remappedRowsPending: false,
  remappingFailed: false,
  migEnabled: false,
  mps: false,
  confidentialCompute: true,
  driverVersion: '580.65.06',
};

export const deviceMemory: AllocationFacts = { memoryType: 'device', managed: false, exclusive: true };

/** The facts but for one, which is unknown. */
export function without<Facts extends object>(facts: Facts, unknown: keyof Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name !== unknown)) as Facts;
}
