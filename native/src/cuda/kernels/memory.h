// What kernel bodies need of the hash core, of memory and of the target, alike on a device and on the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#define VRAM_TARGET cuda_kernels
#include "../../hash/blake3_compress.h"
#include "../../hash/lanes.h"
#include "../../hash/sha256_compress.h"
#include "../../hash/sha256_constants.h"

namespace vram::cuda_kernels {

/// The lanes of a kernel: each thread has one.
using Lane = Lanes<1>;

constexpr unsigned BLOCK_BYTES = 64;
constexpr unsigned BLOCK_WORDS = 16;
constexpr unsigned NODE_WORDS = 8;
constexpr unsigned NODE_BYTES = 32;
constexpr unsigned CHUNK_BYTES = 524288;

/// What both hashes start from, as constants in the code: device code has no address of the host's table.
template <int... I>
VRAM_ROUND_FUNCTION void set_initial(uint32_t (&node)[NODE_WORDS], std::integer_sequence<int, I...>) {
  ((node[I] = std::integral_constant<uint32_t, SHA256_IV[I]>::value), ...);
}
VRAM_ROUND_FUNCTION void set_initial(uint32_t (&node)[NODE_WORDS]) {
  set_initial(node, std::make_integer_sequence<int, NODE_WORDS>{});
}

struct alignas(16) Quad {
  uint32_t words[4];
};

/// `low` and the word after it, as one number, without its lowest `bits` (0 to 24) bits.
VRAM_ROUND_FUNCTION uint32_t shifted_word(uint32_t low, uint32_t high, unsigned bits) {
#if defined(__CUDA_ARCH__)
  return __funnelshift_r(low, high, bits);
#else
  return static_cast<uint32_t>((static_cast<uint64_t>(high) << 32 | low) >> bits);
#endif
}

/// The 16 words of a block at any address, of which only `bytes` (0 to 64) belong to the message: the rest is
/// zero. Reads whole words, but none that has no byte of the message, so nothing outside of the memory that
/// holds it.
VRAM_ROUND_FUNCTION void load_block(const uint8_t* from, unsigned bytes, uint32_t (&block)[BLOCK_WORDS]) {
  const auto address = reinterpret_cast<uintptr_t>(from);
  if (bytes == BLOCK_BYTES && address % sizeof(Quad) == 0) {
    const auto* quads = reinterpret_cast<const Quad*>(from);
    for (unsigned i = 0; i < 4; i++) {
      const Quad quad = quads[i];
      for (unsigned j = 0; j < 4; j++) block[4 * i + j] = quad.words[j];
    }
    return;
  }
  const auto* words = reinterpret_cast<const uint32_t*>(address - address % 4);
  const unsigned skipped = address % 4;
  uint32_t low = bytes > 0 ? words[0] : 0;
#pragma unroll
  for (unsigned i = 0; i < BLOCK_WORDS; i++) {
    const uint32_t high = 4 * (i + 1) < bytes + skipped ? words[i + 1] : 0;
    const uint32_t word = shifted_word(low, high, 8 * skipped);
    const unsigned left = 4 * i < bytes ? bytes - 4 * i : 0;
    block[i] = left >= 4 ? word : word & ((1u << (8 * left)) - 1);
    low = high;
  }
}

/// The number of the segment that holds item `item` of a grid; `begins(i)` is the first item of segment i,
/// ascending from 0.
template <class Begins>
VRAM_ROUND_FUNCTION unsigned find_segment(unsigned count, unsigned item, Begins begins) {
  unsigned low = 0;
  unsigned high = count;
  while (high - low > 1) {
    const unsigned middle = low + (high - low) / 2;
    if (begins(middle) <= item) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace vram::cuda_kernels
