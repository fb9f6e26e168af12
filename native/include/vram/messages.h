/*
 * SHA-256 and HMAC-SHA256 of many short messages in one call: they run side by side in the lanes or streams of the
 * processor, several times as fast as one after another. Nothing here takes memory.
 */
#ifndef VRAM_MESSAGES_H
#define VRAM_MESSAGES_H

#include "vram/digest.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where one message lies in the bytes it is given with. */
typedef struct vram_slice {
  uint32_t offset;
  uint32_t size;
} vram_slice;

/** No byte before the messages. */
#define VRAM_NO_PREFIX (-1)

/**
 * Writes SHA-256 of `prefix` (a byte, or VRAM_NO_PREFIX) and each message, VRAM_DIGEST_BYTES each. With prefix 0 these
 * are the leaf hashes of RFC 6962. VRAM_INVALID_ARGUMENT if a slice leaves the `size` bytes.
 */
vram_status vram_sha256_messages(vram_instruction_set instruction_set, int prefix, const void *bytes, size_t size,
                                 const vram_slice *slices, size_t count, uint8_t *digests);

/** A key for HMAC-SHA256 (RFC 2104), prepared once for many messages. A secret: wipe it. */
typedef struct vram_mac_key {
  uint32_t inner[8];
  uint32_t outer[8];
} vram_mac_key;

/** Prepares a key of any length. */
vram_status vram_mac_key_init(vram_mac_key *prepared, const void *key, size_t key_size);

/** Overwrites a key. */
vram_status vram_mac_key_wipe(vram_mac_key *prepared);

/** Writes HMAC-SHA256 of each message, as vram_sha256_messages does. */
vram_status vram_hmac_sha256_messages(vram_instruction_set instruction_set, const vram_mac_key *key,
                                      const void *bytes, size_t size, const vram_slice *slices, size_t count,
                                      uint8_t *macs);

/**
 * One level of a Merkle tree of RFC 6962: writes SHA-256(0x01 || left || right) of each of `pairs` pairs of nodes, which
 * lie one after another. `parents` must not overlap `nodes`.
 */
vram_status vram_merkle_level(vram_instruction_set instruction_set, const uint8_t *nodes, size_t pairs,
                              uint8_t *parents);

#ifdef __cplusplus
}
#endif

#endif
