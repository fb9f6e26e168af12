// The compression function of BLAKE3 (paper, section 2.2), over lanes.
#pragma once

#include "lanes.h"
#include "sha256_constants.h"

namespace vram::VRAM_TARGET {

/// Which word of the message round `round` takes in place `i`: the permutation of table 2, `round` times.
VRAM_ROUND_FUNCTION constexpr int blake3_word(int round, int i) {
  constexpr int PERMUTATION[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  for (; round > 0; round--) i = PERMUTATION[i];
  return i;
}

template <class L>
struct Blake3 {
  using Word = typename L::Word;

  static VRAM_ROUND_FUNCTION void quarter(Word& a, Word& b, Word& c, Word& d, Word x, Word y) {
    a = a + b + x;
    d = L::template rotate_right<16>(d ^ a);
    c = c + d;
    b = L::template rotate_right<12>(b ^ c);
    a = a + b + y;
    d = L::template rotate_right<8>(d ^ a);
    c = c + d;
    b = L::template rotate_right<7>(b ^ c);
  }

  template <int ROUND>
  static VRAM_ROUND_FUNCTION void round(Word (&v)[16], const Word (&m)[16]) {
    quarter(v[0], v[4], v[8], v[12], m[blake3_word(ROUND, 0)], m[blake3_word(ROUND, 1)]);
    quarter(v[1], v[5], v[9], v[13], m[blake3_word(ROUND, 2)], m[blake3_word(ROUND, 3)]);
    quarter(v[2], v[6], v[10], v[14], m[blake3_word(ROUND, 4)], m[blake3_word(ROUND, 5)]);
    quarter(v[3], v[7], v[11], v[15], m[blake3_word(ROUND, 6)], m[blake3_word(ROUND, 7)]);
    quarter(v[0], v[5], v[10], v[15], m[blake3_word(ROUND, 8)], m[blake3_word(ROUND, 9)]);
    quarter(v[1], v[6], v[11], v[12], m[blake3_word(ROUND, 10)], m[blake3_word(ROUND, 11)]);
    quarter(v[2], v[7], v[8], v[13], m[blake3_word(ROUND, 12)], m[blake3_word(ROUND, 13)]);
    quarter(v[3], v[4], v[9], v[14], m[blake3_word(ROUND, 14)], m[blake3_word(ROUND, 15)]);
  }

  /// Replaces the chaining value `cv` by the one that follows from a block of 16 words.
  static VRAM_ROUND_FUNCTION void compress(Word (&cv)[8], const Word (&m)[16], Word counter_low,
                                           Word counter_high, uint32_t block_bytes, uint32_t flags) {
    Word v[16] = {cv[0],
                  cv[1],
                  cv[2],
                  cv[3],
                  cv[4],
                  cv[5],
                  cv[6],
                  cv[7],
                  L::splat(SHA256_IV[0]),
                  L::splat(SHA256_IV[1]),
                  L::splat(SHA256_IV[2]),
                  L::splat(SHA256_IV[3]),
                  counter_low,
                  counter_high,
                  L::splat(block_bytes),
                  L::splat(flags)};
    round<0>(v, m);
    round<1>(v, m);
    round<2>(v, m);
    round<3>(v, m);
    round<4>(v, m);
    round<5>(v, m);
    round<6>(v, m);
    for (int i = 0; i < 8; i++) cv[i] = v[i] ^ v[i + 8];
  }
};

}  // namespace vram::VRAM_TARGET
