// SHA-256 of one thread's message: the round function of the hash core, unrolled, with constants in the code.
#pragma once

#include "memory.h"

namespace vram::cuda_kernels {

struct ThreadSha256 {
  uint32_t hash[NODE_WORDS];

  VRAM_ROUND_FUNCTION ThreadSha256() { set_initial(hash); }

  /// Takes a block of big-endian words, which the schedule overwrites.
  VRAM_ROUND_FUNCTION void take(uint32_t (&w)[BLOCK_WORDS]) {
    uint32_t s[NODE_WORDS];
    for (unsigned i = 0; i < NODE_WORDS; i++) s[i] = hash[i];
    sixteen_rounds<0>(s, w, Sixteen{});
    sixteen_rounds<16>(s, w, Sixteen{});
    sixteen_rounds<32>(s, w, Sixteen{});
    sixteen_rounds<48>(s, w, Sixteen{});
    for (unsigned i = 0; i < NODE_WORDS; i++) hash[i] += s[i];
  }

 private:
  using Sixteen = std::make_integer_sequence<int, 16>;
  using Rounds = Sha256<Lane>;

  template <int FIRST, int... I>
  static VRAM_ROUND_FUNCTION void sixteen_rounds(uint32_t (&s)[NODE_WORDS], uint32_t (&w)[BLOCK_WORDS],
                                                 std::integer_sequence<int, I...>) {
    (round<FIRST + I>(s, w), ...);
  }

  template <int N>
  static VRAM_ROUND_FUNCTION void round(uint32_t (&s)[NODE_WORDS], uint32_t (&w)[BLOCK_WORDS]) {
    if constexpr (N >= 16) {
      w[N % 16] += Rounds::expansion<7, 18, 3>(w[(N + 1) % 16]) + w[(N + 9) % 16] +
                   Rounds::expansion<17, 19, 10>(w[(N + 14) % 16]);
    }
    constexpr int AT = 64 - N;
    Rounds::round(s[AT % 8], s[(AT + 1) % 8], s[(AT + 2) % 8], s[(AT + 3) % 8], s[(AT + 4) % 8],
                  s[(AT + 5) % 8], s[(AT + 6) % 8], s[(AT + 7) % 8],
                  w[N % 16] + std::integral_constant<uint32_t, SHA256_K[N]>::value);
  }
};

}  // namespace vram::cuda_kernels
