// Memory of CUDA devices: taken, filled, digested where it lies, protected, zeroed and given back.
//
// A driver is opened once and lists devices; a device that is open has a thread of its own, which carries out
// requests in the order in which they were submitted. Nothing here throws, and no function but
// `vram_device_open` and `vram_driver_open` waits for a device.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "vram/digest.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What failed below this library, in words for people: the driver's function and its result. Empty if
 * nothing. */
typedef struct vram_cause {
  char text[192];
} vram_cause;

/** A fact that is unknown. */
#define VRAM_UNKNOWN (-1)

/** What was observed about a device: VRAM_UNKNOWN, or an empty text, where the driver did not tell. */
typedef struct vram_device_facts {
  uint32_t index;
  /** 1 where the driver is a stand-in: no GPU is behind the device. */
  uint32_t simulated;
  char uuid[48];
  char name[256];
  char driver_version[96];
  int64_t total_bytes;
  int64_t ecc_uncorrected_volatile;
  int64_t ecc_uncorrected_aggregate;
  int32_t compute_capability_major;
  int32_t compute_capability_minor;
  /** 1000 * major + 10 * minor. */
  int32_t cuda_version;
  /* Each 0, 1 or VRAM_UNKNOWN. */
  int32_t integrated;
  int32_t managed_memory;
  int32_t pageable_memory_access;
  int32_t pageable_uses_host_page_tables;
  int32_t concurrent_managed_access;
  int32_t ecc_enabled;
  int32_t remapped_rows_pending;
  int32_t remapping_failed;
  int32_t mig_enabled;
  int32_t confidential_compute;
  int32_t mps;
} vram_device_facts;

typedef enum vram_memory_type {
  VRAM_MEMORY_TYPE_UNKNOWN = 0,
  VRAM_MEMORY_TYPE_DEVICE = 1,
  VRAM_MEMORY_TYPE_HOST = 2,
  VRAM_MEMORY_TYPE_MANAGED = 3
} vram_memory_type;

typedef enum vram_access {
  VRAM_ACCESS_NONE = 0,
  VRAM_ACCESS_READ = 1,
  VRAM_ACCESS_READ_WRITE = 3
} vram_access;

/** What was observed about an allocation. Flags are 0, 1 or VRAM_UNKNOWN. */
typedef struct vram_allocation_facts {
  uint32_t memory_type;
  int32_t managed;
  int32_t device_ordinal;
  int32_t read_only;
  int32_t exportable;
  int32_t exclusive;
  /** 1: made by the virtual memory interface; 0: by cuMemAlloc. */
  int32_t virtual_memory;
  /** Whether there is memory behind the addresses. */
  int32_t mapped;
  /** What the device may do with it: VRAM_ACCESS_NONE, VRAM_ACCESS_READ, VRAM_ACCESS_READ_WRITE. */
  int32_t access;
} vram_allocation_facts;

typedef enum vram_operation {
  /** Tells total_bytes and free_bytes. */
  VRAM_MEMORY = 0,
  /** Takes `length` bytes. Tells allocation, allocated_bytes, device_pointer, facts. */
  VRAM_ALLOCATE = 1,
  /** Copies `length` bytes from `source` to `offset`. Done when `source` may be reused. */
  VRAM_WRITE = 2,
  /** Copies `length` bytes from `offset` to `target`. */
  VRAM_READ = 3,
  /** Writes the digest of `length` (at least 1) bytes from `offset`, as a message of its own, to `target`: 32
     bytes. */
  VRAM_DIGEST = 4,
  /** Writes the nodes of the chunks of a range to `target`: 32 bytes each. The range starts and ends at
     chunks or at the allocation's end; the node of an allocation's only chunk is its digest. */
  VRAM_CHUNK_DIGESTS = 5,
  /** Makes the mapping refuse writes where the driver can. Tells facts. */
  VRAM_PROTECT = 6,
  /** Overwrites every byte with zero, making the mapping writable again first. Tells facts. Memory that was
     imported or adopted is not written, and not zeroed. */
  VRAM_ZERO = 7,
  /** Gives an allocation back. After a failure it is still held, and may be freed again. */
  VRAM_FREE = 8,
  /** Frees what is left and gives the device back. After a failure the device is still open. */
  VRAM_CLOSE = 9,
  /** Makes a file descriptor by which other processes map an allocation that was made exportable. Tells
     descriptor, which is the caller's to close; programs that the process starts do not inherit it. */
  VRAM_EXPORT = 10,
  /** Maps `length` bytes that VRAM_EXPORT gave `descriptor` for, here or in another process, read-only where
     the driver can. The descriptor stays the caller's. Tells allocation, allocated_bytes (0: nothing was
     taken), device_pointer, facts. */
  VRAM_IMPORT = 11,
  /** Holds `length` bytes at `device_pointer` that somebody else in this process allocated, and keeps until
     VRAM_FREE. Tells what VRAM_IMPORT tells. */
  VRAM_ADOPT = 12,
  /** Copies the first `length` bytes (at least 1) of the file `descriptor` to `offset`, through pinned
     buffers: one is read while others are copied and hashed, and the device's other requests have their turn
     in between. Writes the digests of what was read by the algorithms of `digests` to `target`, 32 bytes
     each, in the order of their numbers. Tells loaded_bytes: fewer than `length` where the file ends early.
     VRAM_FILE_UNREADABLE. */
  VRAM_LOAD = 13
} vram_operation;

/** A digest, or digests of chunks, at the lowest priority, split so that no kernel has more than 64 MiB to
 * work through: other work gets its turn between. */
#define VRAM_REQUEST_BACKGROUND 1u
/** VRAM_ALLOCATE makes memory that VRAM_EXPORT can hand to other processes. */
#define VRAM_REQUEST_EXPORTABLE 2u

/**
 * One operation on a device. The caller owns it and leaves it alone from `vram_device_submit` until `done`
 * was called.
 */
typedef struct vram_request {
  /* Given. */
  uint32_t operation;
  /** VRAM_BLAKE3 or VRAM_SHA256_FSVERITY. */
  uint32_t algorithm;
  uint32_t flags;
  /** Set by `vram_request_cancel` alone. */
  uint32_t cancelled;
  /** The number of an allocation, from VRAM_ALLOCATE. */
  uint64_t allocation;
  uint64_t offset;
  uint64_t length;
  const uint8_t* source;
  uint8_t* target;
  /** 1 << vram_digest_algorithm for each digest that VRAM_LOAD computes on the host. */
  uint32_t digests;
  /** Given for VRAM_IMPORT, given back by VRAM_EXPORT. Given for VRAM_LOAD, and open until `done`. */
  int32_t descriptor;
  /** Called once, on the device's thread, when the operation ended. */
  void (*done)(struct vram_request* request);
  /** Called on the device's thread whenever loaded_bytes grew; null for nobody. */
  void (*progress)(struct vram_request* request);
  void* context;

  /* Given back. */
  vram_status status;
  vram_cause cause;
  uint64_t total_bytes;
  uint64_t free_bytes;
  uint64_t allocated_bytes;
  /** Grows while VRAM_LOAD is under way; other threads read it atomically. */
  uint64_t loaded_bytes;
  /** Given for VRAM_ADOPT. */
  uint64_t device_pointer;
  vram_allocation_facts facts;

  /* The device's own. */
  struct vram_request* next;
} vram_request;

typedef struct vram_driver vram_driver;
typedef struct vram_device vram_device;

/**
 * Loads the CUDA driver and, where present, NVML.
 *
 * @param stand_in path of a stand-in for both, whose devices are then reported as simulated; NULL for the
 * system's
 * @return VRAM_NO_DRIVER if there is none; VRAM_DEVICE_ERROR if there is one that does not work
 */
vram_status vram_driver_open(const char* stand_in, vram_driver** driver, vram_cause* cause);

/** Forgets a driver that no device is open of. The library stays loaded. */
void vram_driver_close(vram_driver* driver);

/**
 * Observes all devices anew, in the order of their index.
 *
 * @param facts room for `capacity` devices
 * @param count how many devices there are, even where there is no room for all
 */
vram_status vram_driver_devices(vram_driver* driver, vram_device_facts* facts, uint32_t capacity,
                                uint32_t* count, vram_cause* cause);

/**
 * Opens a device. Opening it several times gives several handles on the same memory.
 *
 * @return VRAM_NO_SUCH_DEVICE, VRAM_DEVICE_LOST, VRAM_DEVICE_ERROR, VRAM_DEVICE_OUT_OF_MEMORY
 */
vram_status vram_device_open(vram_driver* driver, uint32_t index, vram_device** device,
                             vram_device_facts* facts, vram_cause* cause);

/** Queues a request. What is wrong with it is told through `done` too. */
void vram_device_submit(vram_device* device, vram_request* request);

/** Asks that a request end early, with VRAM_CANCELLED; it may be past that. From any thread. */
void vram_request_cancel(vram_request* request);

/** Ends the device's thread after what was submitted, closing the device if it is open, and frees the handle.
 */
void vram_device_destroy(vram_device* device);

#ifdef __cplusplus
}
#endif
