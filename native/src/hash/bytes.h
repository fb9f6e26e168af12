// Small things that every file needs. Always inlined, for the drivers share them (see lanes.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vram {

#define VRAM_ALWAYS_INLINE inline __attribute__((always_inline))

/// Overwrites memory so that the compiler cannot leave it out.
VRAM_ALWAYS_INLINE void wipe(void* memory, size_t size) {
  memset(memory, 0, size);
  __asm__ __volatile__("" : : "r"(memory) : "memory");
}

VRAM_ALWAYS_INLINE size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

VRAM_ALWAYS_INLINE void store_little_endian_64(uint64_t value, uint8_t* out) {
  for (int i = 0; i < 8; i++) out[i] = static_cast<uint8_t>(value >> (8 * i));
}

VRAM_ALWAYS_INLINE void store_big_endian_64(uint64_t value, uint8_t* out) {
  for (int i = 0; i < 8; i++) out[i] = static_cast<uint8_t>(value >> (8 * (7 - i)));
}

/// The hash as it is written: big-endian words.
VRAM_ALWAYS_INLINE void store_sha256(const uint32_t hash[8], uint8_t* out) {
  for (int i = 0; i < 8; i++) {
    const uint32_t big_endian = __builtin_bswap32(hash[i]);
    memcpy(out + 4 * i, &big_endian, 4);
  }
}

}  // namespace vram
