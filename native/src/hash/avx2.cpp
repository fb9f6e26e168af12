// Eight lanes: AVX2.
#define VRAM_TARGET avx2

#include <immintrin.h>

#include "blake3_kernel.h"
#include "sha256_kernel.h"

namespace vram {
namespace avx2 {

/// Whole bytes are rotated by one shuffle, which not every compiler sees.
struct EightLanes : Lanes<8> {
  template <int BITS>
  static VRAM_ROUND_FUNCTION Word rotate_right(Word word) {
    if constexpr (BITS == 8) {
      return shuffled(word, 0x0c0f0e0d080b0a09, 0x0407060500030201);
    } else if constexpr (BITS == 16) {
      return shuffled(word, 0x0d0c0f0e09080b0a, 0x0504070601000302);
    } else {
      return Lanes<8>::rotate_right<BITS>(word);
    }
  }

  static VRAM_ROUND_FUNCTION Word byte_swapped(Word word) {
    return shuffled(word, 0x0c0d0e0f08090a0b, 0x0405060700010203);
  }

 private:
  static VRAM_ROUND_FUNCTION Word shuffled(Word word, int64_t high, int64_t low) {
    const __m256i order = _mm256_set_epi64x(high, low, high, low);
    return reinterpret_cast<Word>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(word), order));
  }
};

}  // namespace avx2

const Blake3Kernel BLAKE3_AVX2 = {avx2::Blake3Lanes<avx2::EightLanes>::leaves,
                                  avx2::Blake3Lanes<avx2::EightLanes>::parents};
const Sha256Kernel SHA256_AVX2 = {avx2::sha256_compress, avx2::Sha256Lanes<avx2::EightLanes>::fsverity_blocks,
                                  avx2::Sha256Lanes<avx2::EightLanes>::messages};

}  // namespace vram
