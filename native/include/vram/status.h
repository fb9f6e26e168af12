/* Made from native/status.list by native/tools/generate_status.cmake. */
#ifndef VRAM_STATUS_H
#define VRAM_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/** What came of a call. Every function of this library returns one, and none throws. */
typedef enum vram_status {
  /** The call did what it says. */
  VRAM_OK = 0,
  /** An argument is null, out of its range, or does not fit the others; nothing was done. */
  VRAM_INVALID_ARGUMENT = 1,
  /** This processor does not have the instruction set, or the algorithm has no such thing. */
  VRAM_UNSUPPORTED = 2,
  /** The hasher has given its digest or was wiped; reset it before it is used again. */
  VRAM_HASHER_FINISHED = 3,
  /** The system gave no memory. */
  VRAM_OUT_OF_MEMORY = 4,
  /** The system started no thread. */
  VRAM_THREADS_UNAVAILABLE = 5,
  /** A line is not a record of the audit log. */
  VRAM_MALFORMED_RECORD = 6,
  /** The request was cancelled before it was done. */
  VRAM_CANCELLED = 7,
  /** There is no CUDA driver. */
  VRAM_NO_DRIVER = 8,
  /** No device has that index. */
  VRAM_NO_SUCH_DEVICE = 9,
  /** The device has too little free memory. */
  VRAM_DEVICE_OUT_OF_MEMORY = 10,
  /** The device was closed. */
  VRAM_DEVICE_CLOSED = 11,
  /** The allocation was freed. */
  VRAM_ALLOCATION_FREED = 12,
  /** The allocation was protected and refuses writes. */
  VRAM_READ_ONLY = 13,
  /** The device or its context is gone; only freeing and closing still work. */
  VRAM_DEVICE_LOST = 14,
  /** The driver refused or failed an operation. */
  VRAM_DEVICE_ERROR = 15,
  /** The memory was not made for other processes, or the device cannot make such memory. */
  VRAM_NOT_EXPORTABLE = 16,
  /** What was given is no memory of the device, or not of that size. */
  VRAM_NOT_ADOPTABLE = 17,
  /** The memory was taken by somebody else, who alone changes it. */
  VRAM_NOT_OWNED = 18,
  /** The file could not be read. */
  VRAM_FILE_UNREADABLE = 19,
} vram_status;

/** The name of a status, such as "VRAM_OK"; "VRAM_UNKNOWN_STATUS" for any other number. */
const char *vram_status_name(int status);

#ifdef __cplusplus
}
#endif

#endif
