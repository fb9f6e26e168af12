import type { DeviceFacts } from '@vram-residency/device';

/** What people read for each fact, in the order in which facts are shown; one that is missing does not compile. */
export const FACT_LABELS: Readonly<Record<keyof DeviceFacts, string>> = {
  index: 'index',
  uuid: 'UUID',
  name: 'name',
  backend: 'backend',
  simulated: 'simulated',
  computeCapability: 'compute capability',
  totalBytes: 'memory in bytes',
  integrated: 'integrated GPU',
  managedMemory: 'can do managed memory',
  pageableMemoryAccess: 'pageable memory access',
  pageableUsesHostPageTables: 'uses host page tables',
  concurrentManagedAccess: 'concurrent managed access',
  eccEnabled: 'ECC',
  eccUncorrectedVolatile: 'uncorrected ECC errors since driver load',
  eccUncorrectedAggregate: 'uncorrected ECC errors in all',
  remappedRowsPending: 'row remapping pending',
  remappingFailed: 'row remapping failed',
  migEnabled: 'MIG',
  confidentialCompute: 'confidential computing',
  mps: 'MPS',
  driverVersion: 'driver version',
  cudaVersion: 'CUDA version',
};

/** Every fact there is. */
export const FACTS: readonly (keyof DeviceFacts)[] = Object.keys(FACT_LABELS) as (keyof DeviceFacts)[];

/** A fact's name in JSON: `totalBytes` is `total_bytes`. */
export function snakeCase(fact: keyof DeviceFacts): string {
  return fact.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
