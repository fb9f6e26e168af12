// SHA-256 over lanes: of one stream, of many blocks of fs-verity, of many messages.
#pragma once

#include "kernels.h"
#include "sha256_compress.h"
#include "sha256_streams.h"
#include "transpose.h"

namespace vram::VRAM_TARGET {

template <class L>
struct Sha256Lanes {
  using Word = typename L::Word;
  static constexpr size_t N = L::COUNT;

  /// One hash a lane, for Sha256BatchRun.
  class Streams {
   public:
    static constexpr int COUNT = L::COUNT;

    void set(size_t lane, const uint32_t* hash) {
      for (int i = 0; i < 8; i++) reinterpret_cast<uint32_t*>(&hash_[i])[lane] = hash[i];
    }
    void get(size_t lane, uint32_t* hash) const {
      for (int i = 0; i < 8; i++) hash[i] = reinterpret_cast<const uint32_t*>(&hash_[i])[lane];
    }
    void compress(const uint8_t* const* blocks, size_t count) {
      const uint8_t* next[N];
      for (size_t lane = 0; lane < N; lane++) next[lane] = blocks[lane];
      for (; count > 0; count--) {
        take_block(hash_, next);
        for (size_t lane = 0; lane < N; lane++) next[lane] += SHA256_BLOCK_BYTES;
      }
    }

   private:
    Word hash_[8] = {};
  };

  static void fsverity_blocks(const uint8_t* bytes, size_t count, uint8_t* out) {
    while (count > 0) {
      const size_t taken = smaller(count, N);
      some_fsverity_blocks(bytes, taken, out);
      bytes += taken * FSVERITY_BLOCK_BYTES;
      out += taken * HASH_BYTES;
      count -= taken;
    }
  }

  static void messages(const Sha256Batch& batch) { Sha256BatchRun<Streams>::run(batch); }

 private:
  /// One block into each lane.
  static VRAM_ROUND_FUNCTION void take_block(Word (&hash)[8], const uint8_t* const* blocks) {
    Word w[16];
    load_blocks<L::COUNT>(blocks, w);
    for (int i = 0; i < 16; i++) w[i] = L::byte_swapped(w[i]);
    Sha256<L>::compress(hash, w);
  }

  /// 1 to N blocks of fs-verity. Lanes without one repeat the last.
  static VRAM_ROUND_FUNCTION void some_fsverity_blocks(const uint8_t* bytes, size_t count, uint8_t* out) {
    const uint8_t* blocks[N];
    for (size_t lane = 0; lane < N; lane++) {
      blocks[lane] = bytes + (lane < count ? lane : count - 1) * FSVERITY_BLOCK_BYTES;
    }
    Word hash[8];
    for (int i = 0; i < 8; i++) hash[i] = L::splat(SHA256_IV[i]);
    for (size_t done = 0; done < FSVERITY_BLOCK_BYTES; done += SHA256_BLOCK_BYTES) {
      take_block(hash, blocks);
      for (size_t lane = 0; lane < N; lane++) {
        blocks[lane] += SHA256_BLOCK_BYTES;
        if constexpr (N > 1) prefetch(blocks[lane], N * FSVERITY_BLOCK_BYTES);
      }
    }
    // The padding of a message of 4096 bytes: one bit, zeros, the length in bits.
    Word padding[16] = {};
    padding[0] = L::splat(0x80000000);
    padding[15] = L::splat(FSVERITY_BLOCK_BYTES * 8);
    Sha256<L>::compress(hash, padding);
    for (int i = 0; i < 8; i++) hash[i] = L::byte_swapped(hash[i]);
    store_hashes<L::COUNT>(hash, count, out);
  }
};

/// Takes `count` blocks into one hash.
inline void sha256_compress(uint32_t hash[8], const uint8_t* blocks, size_t count) {
  uint32_t words[8], w[16];
  memcpy(words, hash, sizeof words);
  for (; count > 0; count--) {
    memcpy(w, blocks, sizeof w);
    for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(w[i]);
    Sha256<Lanes<1>>::compress(words, w);
    blocks += SHA256_BLOCK_BYTES;
  }
  memcpy(hash, words, sizeof words);
}

}  // namespace vram::VRAM_TARGET
