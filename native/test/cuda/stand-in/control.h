// How tests steer the stand-in driver. The library exports these beside the driver's own names.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a call fail that is still to come, without any other effect.
 *
 * @param function the driver's name for it, or "" for any
 * @param nth which call counted from now, from 1
 * @param result the CUresult that it gives
 * @param lost 1 if every later call on that device shall give the same result
 */
void stand_in_fail(const char* function, uint64_t nth, int result, int lost);

/** Flips one bit of device memory that was made by cuMemCreate, protected or not: of mapping `which`, from 0,
   by address. Returns 0 where there is none. */
int stand_in_flip_bit(uint64_t which, uint64_t offset, unsigned bit);

/** The same in the memory at a device address, however it was made; work that was asked for before is done
   first, so that no copy undoes it. */
int stand_in_flip_bit_at(uint64_t address, uint64_t offset, unsigned bit);

/** How many calls there were since `stand_in_restore`. */
uint64_t stand_in_calls(void);

/** The name of call `index`, from 0; null where there was none. */
const char* stand_in_call_name(uint64_t index);

/** Failures that were planned and did not happen yet. */
uint64_t stand_in_pending(void);

/** How many resources of a kind are held: "handles", "reservations", "mappings", "allocations", "host",
   "streams", "events", "modules", "contexts". */
uint64_t stand_in_held(const char* kind);

/** Bytes of device memory that are taken, on all devices. */
uint64_t stand_in_used_bytes(void);

/** How many bytes of pinned memory, in buffers of at least `least_bytes`, are not zero. */
uint64_t stand_in_pinned_bytes_in_use(uint64_t least_bytes);

/** Calls that a correct program never makes: changes of memory that work on a stream may be using. */
uint64_t stand_in_violations(void);

/** Forgets planned failures, lost devices and the calls so far. What is held stays. */
void stand_in_restore(void);

#ifdef __cplusplus
}
#endif
