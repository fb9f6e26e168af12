// BLAKE3 leaves and parents, as many at a time as there are lanes.
#pragma once

#include "blake3_compress.h"
#include "blake3_flags.h"
#include "bytes.h"
#include "kernels.h"
#include "transpose.h"

namespace vram::VRAM_TARGET {

template <class L>
struct Blake3Lanes {
  using Word = typename L::Word;
  static constexpr size_t N = L::COUNT;
  /// Hardware prefetchers follow fewer streams than there are lanes. This far ahead is where a later group of
  /// leaves lies, of as many as 16.
  static constexpr size_t PREFETCH_BYTES = 16 * BLAKE3_LEAF_BYTES;

  static void leaves(const uint8_t* bytes, size_t count, uint64_t first_leaf, uint8_t* out) {
    while (count > 0) {
      const size_t taken = smaller(count, N);
      some_leaves(bytes, taken, first_leaf, out);
      bytes += taken * BLAKE3_LEAF_BYTES;
      first_leaf += taken;
      out += taken * HASH_BYTES;
      count -= taken;
    }
  }

  static void parents(const uint8_t* children, size_t count, uint8_t* out) {
    while (count > 0) {
      const size_t taken = smaller(count, N);
      some_parents(children, taken, out);
      children += taken * BLAKE3_BLOCK_BYTES;
      out += taken * HASH_BYTES;
      count -= taken;
    }
  }

 private:
  /// 1 to N leaves. Lanes without one repeat the last.
  static VRAM_ROUND_FUNCTION void some_leaves(const uint8_t* bytes, size_t count, uint64_t first_leaf,
                                              uint8_t* out) {
    const uint8_t* blocks[N];
    uint32_t low[N], high[N];
    for (size_t lane = 0; lane < N; lane++) {
      const uint64_t leaf = lane < count ? lane : count - 1;
      blocks[lane] = bytes + leaf * BLAKE3_LEAF_BYTES;
      low[lane] = static_cast<uint32_t>(first_leaf + leaf);
      high[lane] = static_cast<uint32_t>((first_leaf + leaf) >> 32);
    }
    Word counter_low, counter_high, cv[8];
    memcpy(&counter_low, low, sizeof low);
    memcpy(&counter_high, high, sizeof high);
    for (int i = 0; i < 8; i++) cv[i] = L::splat(SHA256_IV[i]);
    constexpr size_t LAST = BLAKE3_LEAF_BYTES / BLAKE3_BLOCK_BYTES - 1;
    for (size_t block = 0; block <= LAST; block++) {
      Word message[16];
      load_blocks<L::COUNT>(blocks, message);
      for (size_t lane = 0; lane < N; lane++) {
        blocks[lane] += BLAKE3_BLOCK_BYTES;
        if constexpr (N > 1) prefetch(blocks[lane], PREFETCH_BYTES);
      }
      const uint32_t flags = (block == 0 ? BLAKE3_LEAF_START : 0) + (block == LAST ? BLAKE3_LEAF_END : 0);
      Blake3<L>::compress(cv, message, counter_low, counter_high, BLAKE3_BLOCK_BYTES, flags);
    }
    store_hashes<L::COUNT>(cv, count, out);
  }

  static VRAM_ROUND_FUNCTION void some_parents(const uint8_t* children, size_t count, uint8_t* out) {
    const uint8_t* blocks[N];
    for (size_t lane = 0; lane < N; lane++) {
      blocks[lane] = children + (lane < count ? lane : count - 1) * BLAKE3_BLOCK_BYTES;
    }
    Word cv[8], message[16];
    for (int i = 0; i < 8; i++) cv[i] = L::splat(SHA256_IV[i]);
    load_blocks<L::COUNT>(blocks, message);
    Blake3<L>::compress(cv, message, Word{}, Word{}, BLAKE3_BLOCK_BYTES, BLAKE3_PARENT);
    store_hashes<L::COUNT>(cv, count, out);
  }
};

}  // namespace vram::VRAM_TARGET
