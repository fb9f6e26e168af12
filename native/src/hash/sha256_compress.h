// The compression function of SHA-256 (FIPS 180-4, section 6.2.2), over lanes.
#pragma once

#include "lanes.h"
#include "sha256_constants.h"

namespace vram::VRAM_TARGET {

template <class L>
struct Sha256 {
  using Word = typename L::Word;

  template <int A, int B, int C>
  static VRAM_ROUND_FUNCTION Word sum(Word x) {
    return L::xor3(L::template rotate_right<A>(x), L::template rotate_right<B>(x),
                   L::template rotate_right<C>(x));
  }

  /// One of the two functions of the message schedule, whose last term is a shift.
  template <int A, int B, int SHIFT>
  static VRAM_ROUND_FUNCTION Word expansion(Word x) {
    return L::xor3(L::template rotate_right<A>(x), L::template rotate_right<B>(x), x >> SHIFT);
  }

  /// One round; `kw` is the round constant plus the word of the schedule. Instead of moving the eight
  /// variables along, the caller names them in another order each time.
  static VRAM_ROUND_FUNCTION void round(Word a, Word b, Word c, Word& d, Word e, Word f, Word g, Word& h,
                                        Word kw) {
    const Word t1 = h + sum<6, 11, 25>(e) + L::choose(e, f, g) + kw;
    d = d + t1;
    h = t1 + sum<2, 13, 22>(a) + L::majority(a, b, c);
  }

  /// Eight rounds, after which the variables have their own names again.
  static VRAM_ROUND_FUNCTION void eight_rounds(Word (&s)[8], const Word* w, const uint32_t* k) {
    round(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], w[0] + k[0]);
    round(s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6], w[1] + k[1]);
    round(s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5], w[2] + k[2]);
    round(s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4], w[3] + k[3]);
    round(s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3], w[4] + k[4]);
    round(s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2], w[5] + k[5]);
    round(s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1], w[6] + k[6]);
    round(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0], w[7] + k[7]);
  }

  /// Replaces the hash by the one that follows from a block of 16 words. The schedule goes to memory and the
  /// loops stay loops: no slower on x86 than registers and straight code, and up to twice as fast in
  /// WebAssembly.
  static VRAM_ROUND_FUNCTION void compress(Word (&hash)[8], const Word (&block)[16]) {
    Word w[64];
    for (int t = 0; t < 16; t++) w[t] = block[t];
    VRAM_UNROLL(8)
    for (int t = 16; t < 64; t++) {
      w[t] = w[t - 16] + expansion<7, 18, 3>(w[t - 15]) + w[t - 7] + expansion<17, 19, 10>(w[t - 2]);
    }
    Word s[8];
    for (int i = 0; i < 8; i++) s[i] = hash[i];
    VRAM_UNROLL(1)
    for (int t = 0; t < 64; t += 8) eight_rounds(s, w + t, SHA256_K + t);
    for (int i = 0; i < 8; i++) hash[i] = hash[i] + s[i];
  }
};

}  // namespace vram::VRAM_TARGET
