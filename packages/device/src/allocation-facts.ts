/** Where an allocation's bytes lie (`CU_POINTER_ATTRIBUTE_MEMORY_TYPE`). */
export type MemoryType = 'device' | 'host' | 'managed';

/** The driver's interface that made an allocation: the virtual memory API, or plain `cuMemAlloc`. */
export type AllocationApi = 'vmm' | 'malloc';

/** What a device may do with memory. */
export type MemoryAccess = 'none' | 'read' | 'read-write';

/** What a backend observed about one allocation. Absent means unknown, as in `DeviceFacts`. */
export interface AllocationFacts {
  /** Where the bytes lie. */
  readonly memoryType?: MemoryType;
  /** The driver may move the bytes between host and device (`CU_POINTER_ATTRIBUTE_IS_MANAGED`). */
  readonly managed?: boolean;
  /** The index of the device that holds the bytes (`CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL`). */
  readonly deviceOrdinal?: number;
  /** This mapping refuses writes, as read back from the driver (`cuMemGetAccess`). */
  readonly readOnly?: boolean;
  /** A handle for other processes can be made of it here. */
  readonly exportable?: boolean;
  /** No other mapping of the bytes exists or can be made. */
  readonly exclusive?: boolean;
  /** The interface that made the allocation. */
  readonly api?: AllocationApi;
  /** There is memory behind the addresses (`CU_POINTER_ATTRIBUTE_MAPPED`). */
  readonly mapped?: boolean;
  /** What the device may do with the memory (`CU_POINTER_ATTRIBUTE_ACCESS_FLAGS`). */
  readonly access?: MemoryAccess;
}
