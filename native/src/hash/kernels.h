// What a driver offers: the hashes of many pieces at a time. The trees are written over these tables.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sha256_batch.h"

namespace vram {

constexpr size_t HASH_BYTES = 32;
constexpr size_t BLAKE3_BLOCK_BYTES = 64;
/// What the BLAKE3 paper calls a chunk; here a leaf, since a chunk of the digests is 512 of them.
constexpr size_t BLAKE3_LEAF_BYTES = 1024;
constexpr size_t SHA256_BLOCK_BYTES = 64;
/// Bytes of one block of fs-verity, both of data and of the tree.
constexpr size_t FSVERITY_BLOCK_BYTES = 4096;

struct Blake3Kernel {
  /// Chaining values of `count` whole leaves that lie one after another, none of them the root, the first of
  /// which has number `first_leaf`: 32 bytes each.
  void (*leaves)(const uint8_t* bytes, size_t count, uint64_t first_leaf, uint8_t* out);
  /// Chaining values of `count` parents, none of them the root, from 64 bytes of children each. `out` may be
  /// where the children lie.
  void (*parents)(const uint8_t* children, size_t count, uint8_t* out);
};

struct Sha256Kernel {
  /// Takes `count` blocks of 64 bytes into one hash.
  void (*compress)(uint32_t hash[8], const uint8_t* blocks, size_t count);
  /// SHA-256 of each of `count` blocks of 4096 bytes that lie one after another: 32 bytes each.
  void (*fsverity_blocks)(const uint8_t* bytes, size_t count, uint8_t* out);
  /// SHA-256 or HMAC-SHA256 of each of many messages.
  void (*messages)(const Sha256Batch& batch);
};

extern const Blake3Kernel BLAKE3_SCALAR;
extern const Blake3Kernel BLAKE3_SIMD128;
extern const Blake3Kernel BLAKE3_AVX2;
extern const Blake3Kernel BLAKE3_AVX512;
extern const Sha256Kernel SHA256_SCALAR;
extern const Sha256Kernel SHA256_SIMD128;
extern const Sha256Kernel SHA256_AVX2;
extern const Sha256Kernel SHA256_AVX512;
extern const Sha256Kernel SHA256_SHA_NI;

/// One compression of BLAKE3 for what is not worth lanes: short leaves, and the root.
void blake3_compress(uint32_t cv[8], const uint8_t block[BLAKE3_BLOCK_BYTES], uint64_t counter,
                     uint32_t block_bytes, uint32_t flags);

}  // namespace vram
