/*
 * Digests of model bytes: BLAKE3, the fs-verity digest and plain SHA-256, as docs/seal-format.md names them.
 *
 * Any length and any alignment. No function throws or keeps a pointer to its arguments; none but
 * vram_pool_create and vram_pool_destroy takes or frees memory. Different hashers may be used by different threads
 * at the same time, one hasher by one thread at a time; a pool may be shared.
 */
#ifndef VRAM_DIGEST_H
#define VRAM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "vram/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Length of every digest in bytes. */
#define VRAM_DIGEST_BYTES 32
/** Bytes of one chunk: a complete subtree of BLAKE3 and what one level-1 block of fs-verity covers. */
#define VRAM_CHUNK_BYTES 524288
/** Most threads of a pool. */
#define VRAM_MAX_THREADS 256

typedef enum vram_digest_algorithm {
  VRAM_BLAKE3 = 0,
  /** SHA-256, blocks of 4096 bytes, no salt, version 1. */
  VRAM_SHA256_FSVERITY = 1,
  VRAM_SHA256 = 2
} vram_digest_algorithm;

/** What computes. Every set gives the same digests. */
typedef enum vram_instruction_set {
  /** The fastest that this processor and its operating system have. */
  VRAM_BEST = 0,
  VRAM_SCALAR = 1,
  /** Vectors of 128 bits that the target always has: SSE2, NEON, WebAssembly SIMD. */
  VRAM_SIMD128 = 2,
  VRAM_AVX2 = 3,
  VRAM_AVX512 = 4,
  /** The SHA extensions of x86: not for VRAM_BLAKE3. */
  VRAM_SHA_NI = 5
} vram_instruction_set;

/**
 * The set that runs when `asked` is asked for: for VRAM_BEST the one chosen, else the same.
 * VRAM_UNSUPPORTED if the processor or this build does not have it, or not for this algorithm.
 */
vram_status vram_instruction_set_for(vram_digest_algorithm algorithm, vram_instruction_set asked,
                                     vram_instruction_set *chosen);

/** Threads that large inputs are divided among. */
typedef struct vram_pool vram_pool;

/**
 * Starts a pool of `threads` (1 to VRAM_MAX_THREADS), of which the calling thread of each function is one.
 * VRAM_OUT_OF_MEMORY, VRAM_THREADS_UNAVAILABLE: nothing was started. A pool does not survive a fork.
 */
vram_status vram_pool_create(size_t threads, vram_pool **pool);

/** Joins the threads. No call that uses the pool may be running. Null is taken. */
void vram_pool_destroy(vram_pool *pool);

/**
 * Calls `task(context, index)` for each index below `count`, in any order, on the calling thread and on those of the
 * pool that are free, and returns when all are done.
 */
vram_status vram_pool_run(vram_pool *pool, size_t count, void (*task)(void *context, size_t index), void *context);

/** A digest over bytes that come in pieces. The members are private; copying an initialised one is allowed. */
typedef struct vram_hasher {
  uint64_t state[4624];
} vram_hasher;

/** Makes a hasher ready for a new digest. */
vram_status vram_hasher_init(vram_hasher *hasher, vram_digest_algorithm algorithm,
                             vram_instruction_set instruction_set);

/** Takes the next bytes. `pool` may be null; it is of use from a few chunks on, and not for VRAM_SHA256. */
vram_status vram_hasher_update(vram_hasher *hasher, const void *bytes, size_t size, vram_pool *pool);

/** Writes the digest of all bytes so far, wipes the hasher and ends it. */
vram_status vram_hasher_finish(vram_hasher *hasher, uint8_t digest[VRAM_DIGEST_BYTES]);

/** Wipes a hasher and makes it ready again, with the algorithm and instruction set of its vram_hasher_init. */
vram_status vram_hasher_reset(vram_hasher *hasher);

/** Wipes a hasher and ends it without a digest. */
vram_status vram_hasher_wipe(vram_hasher *hasher);

/** The digest of bytes in memory. */
vram_status vram_digest(vram_digest_algorithm algorithm, vram_instruction_set instruction_set, const void *bytes,
                        size_t size, vram_pool *pool, uint8_t digest[VRAM_DIGEST_BYTES]);

/**
 * Writes the digest of each chunk of some bytes, VRAM_DIGEST_BYTES each, from which vram_digest_from_chunks gives
 * the digest of the whole input: for VRAM_BLAKE3 the chaining value of the chunk's subtree, for
 * VRAM_SHA256_FSVERITY the hash of its zero-padded level-1 block. The only chunk of an input of at most
 * VRAM_CHUNK_BYTES has the input's own digest. An empty input has one chunk.
 *
 * `bytes` begin with chunk `first_chunk` of an input of `input_bytes`, and end where a chunk or the input ends,
 * else VRAM_INVALID_ARGUMENT. VRAM_UNSUPPORTED for VRAM_SHA256, which is no tree.
 */
vram_status vram_chunk_digests(vram_digest_algorithm algorithm, vram_instruction_set instruction_set,
                               const void *bytes, size_t size, uint64_t first_chunk, uint64_t input_bytes,
                               vram_pool *pool, uint8_t *digests);

/**
 * The digest of a whole input of `input_bytes` from the digests of all its chunks, in order.
 * VRAM_INVALID_ARGUMENT if the number of chunks does not fit.
 */
vram_status vram_digest_from_chunks(vram_digest_algorithm algorithm, vram_instruction_set instruction_set,
                                    const uint8_t *chunk_digests, uint64_t count, uint64_t input_bytes,
                                    uint8_t digest[VRAM_DIGEST_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
