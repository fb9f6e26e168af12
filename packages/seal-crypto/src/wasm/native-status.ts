// Made from native/status.list by native/tools/generate_status.cmake.

/** What a call into the native core returns. */
export const NATIVE_STATUS = {
  /** The call did what it says. */
  OK: 0,
  /** An argument is null, out of its range, or does not fit the others; nothing was done. */
  INVALID_ARGUMENT: 1,
  /** This processor does not have the instruction set, or the algorithm has no such thing. */
  UNSUPPORTED: 2,
  /** The hasher has given its digest or was wiped; reset it before it is used again. */
  HASHER_FINISHED: 3,
  /** The system gave no memory. */
  OUT_OF_MEMORY: 4,
  /** The system started no thread. */
  THREADS_UNAVAILABLE: 5,
  /** A line is not a record of the audit log. */
  MALFORMED_RECORD: 6,
  /** The request was cancelled before it was done. */
  CANCELLED: 7,
  /** There is no CUDA driver. */
  NO_DRIVER: 8,
  /** No device has that index. */
  NO_SUCH_DEVICE: 9,
  /** The device has too little free memory. */
  DEVICE_OUT_OF_MEMORY: 10,
  /** The device was closed. */
  DEVICE_CLOSED: 11,
  /** The allocation was freed. */
  ALLOCATION_FREED: 12,
  /** The allocation was protected and refuses writes. */
  READ_ONLY: 13,
  /** The device or its context is gone; only freeing and closing still work. */
  DEVICE_LOST: 14,
  /** The driver refused or failed an operation. */
  DEVICE_ERROR: 15,
  /** The memory was not made for other processes, or the device cannot make such memory. */
  NOT_EXPORTABLE: 16,
  /** What was given is no memory of the device, or not of that size. */
  NOT_ADOPTABLE: 17,
  /** The memory was taken by somebody else, who alone changes it. */
  NOT_OWNED: 18,
  /** The file could not be read. */
  FILE_UNREADABLE: 19,
} as const;
