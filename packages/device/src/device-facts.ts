/** CUDA compute capability, `major.minor`, such as `'9.0'`. */
export type ComputeCapability = `${number}.${number}`;

/**
 * What a backend observed about a device. A fact that could not be observed is absent: absent means unknown and is
 * never guessed, so a policy can refuse a device over what nobody knows.
 *
 * `index`, `uuid`, `backend` and `simulated` are always there: they say which device the other facts are about.
 */
export interface DeviceFacts {
  /** The device's ordinal in its backend, from 0. */
  readonly index: number;
  /** The name of this very device across processes and reboots (`cuDeviceGetUuid`). */
  readonly uuid: string;
  /** The {@link Backend.name} that reports these facts. */
  readonly backend: string;
  /** True where no GPU is behind the device. */
  readonly simulated: boolean;
  /** The product's name (`cuDeviceGetName`). */
  readonly name?: string;
  /** `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `_MINOR`. */
  readonly computeCapability?: ComputeCapability;
  /** All memory of the device, used or free, in bytes (`cuDeviceTotalMem`). */
  readonly totalBytes?: number;
  /** The GPU shares the host's memory (`CU_DEVICE_ATTRIBUTE_INTEGRATED`). */
  readonly integrated?: boolean;
  /** The device can do managed memory (`CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY`); says nothing about any allocation. */
  readonly managedMemory?: boolean;
  /** `CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS`. */
  readonly pageableMemoryAccess?: boolean;
  /** `CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES`. */
  readonly pageableUsesHostPageTables?: boolean;
  /** `CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS`. */
  readonly concurrentManagedAccess?: boolean;
  /** `CU_DEVICE_ATTRIBUTE_ECC_ENABLED`: false also where the device has no ECC. */
  readonly eccEnabled?: boolean;
  /** Uncorrected ECC errors since the driver was loaded (`nvmlDeviceGetTotalEccErrors`, volatile). */
  readonly eccUncorrectedVolatile?: number;
  /** Uncorrected ECC errors in the device's life (`nvmlDeviceGetTotalEccErrors`, aggregate). */
  readonly eccUncorrectedAggregate?: number;
  /** Rows wait for a reset to be remapped (`nvmlDeviceGetRemappedRows`). */
  readonly remappedRowsPending?: boolean;
  /** A row could not be remapped: the device needs replacement (`nvmlDeviceGetRemappedRows`). */
  readonly remappingFailed?: boolean;
  /** The GPU is partitioned (`nvmlDeviceGetMigMode`, current). */
  readonly migEnabled?: boolean;
  /** Confidential computing is on (`nvmlSystemGetConfComputeState`). */
  readonly confidentialCompute?: boolean;
  /** The process shares the GPU through the multi-process service (`CU_DEVICE_ATTRIBUTE_MPS_ENABLED`). */
  readonly mps?: boolean;
  /** Such as `'580.65.06'` (`nvmlSystemGetDriverVersion`). */
  readonly driverVersion?: string;
  /** The CUDA version that the driver offers, such as `'13.0'` (`cuDriverGetVersion`). */
  readonly cudaVersion?: string;
}
