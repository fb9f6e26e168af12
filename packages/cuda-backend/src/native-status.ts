/** The numbers of `vram_status` (native/status.list) that come out of the CUDA backend; a test compares them. */
export const NATIVE_STATUS = {
  OK: 0,
  INVALID_ARGUMENT: 1,
  UNSUPPORTED: 2,
  OUT_OF_MEMORY: 4,
  CANCELLED: 7,
  NO_DRIVER: 8,
  NO_SUCH_DEVICE: 9,
  DEVICE_OUT_OF_MEMORY: 10,
  DEVICE_CLOSED: 11,
  ALLOCATION_FREED: 12,
  READ_ONLY: 13,
  DEVICE_LOST: 14,
  DEVICE_ERROR: 15,
} as const;
