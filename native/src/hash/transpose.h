// Between the layout of memory (the words of one hash side by side) and that of lanes (one word of every hash
// side by side).
#pragma once

#include <utility>

#include "lanes.h"

namespace vram::VRAM_TARGET {

/// The shuffles of a transposition, on vectors of N words in quads of four (128 bits). Each is one
/// instruction where registers have 128, 256 or 512 bits.
template <int N>
struct Shuffle {
  using Word = typename VectorOf<N>::Type;
  using Indices = std::make_integer_sequence<int, N>;

  /// Word `half` * 2 and the next of each quad, of a and b by turns: a0 b0 a1 b1.
  static constexpr int interleaved_words(int lane, int half) {
    return (lane / 4) * 4 + half * 2 + (lane % 4) / 2 + (lane % 2) * N;
  }
  /// Pair `half` of each quad, of a and then of b: a0 a1 b0 b1.
  static constexpr int interleaved_pairs(int lane, int half) {
    return (lane / 4) * 4 + half * 2 + lane % 2 + (lane % 4 / 2) * N;
  }
  /// Every second quad, beginning with quad `half`, first those of a and then those of b.
  static constexpr int alternate_quads(int lane, int half) {
    return ((lane % (N / 2)) / 4 * 2 + half) * 4 + lane % 4 + (lane / (N / 2)) * N;
  }

  template <int HALF, int... I>
  static VRAM_ROUND_FUNCTION Word words(Word a, Word b, std::integer_sequence<int, I...>) {
    return __builtin_shufflevector(a, b, interleaved_words(I, HALF)...);
  }
  template <int HALF, int... I>
  static VRAM_ROUND_FUNCTION Word pairs(Word a, Word b, std::integer_sequence<int, I...>) {
    return __builtin_shufflevector(a, b, interleaved_pairs(I, HALF)...);
  }
  template <int HALF, int... I>
  static VRAM_ROUND_FUNCTION Word quads(Word a, Word b, std::integer_sequence<int, I...>) {
    return __builtin_shufflevector(a, b, alternate_quads(I, HALF)...);
  }
};

/// Transposes N vectors of N words in place.
template <int N>
VRAM_ROUND_FUNCTION void transpose(typename VectorOf<N>::Type (&rows)[N]) {
  using S = Shuffle<N>;
  using Word = typename S::Word;
  constexpr typename S::Indices indices;
  // Within each quad, four rows at a time.
  for (int i = 0; i < N; i += 4) {
    const Word low01 = S::template words<0>(rows[i], rows[i + 1], indices);
    const Word high01 = S::template words<1>(rows[i], rows[i + 1], indices);
    const Word low23 = S::template words<0>(rows[i + 2], rows[i + 3], indices);
    const Word high23 = S::template words<1>(rows[i + 2], rows[i + 3], indices);
    rows[i] = S::template pairs<0>(low01, low23, indices);
    rows[i + 1] = S::template pairs<1>(low01, low23, indices);
    rows[i + 2] = S::template pairs<0>(high01, high23, indices);
    rows[i + 3] = S::template pairs<1>(high01, high23, indices);
  }
  if constexpr (N == 8) {
    for (int i = 0; i < 4; i++) {
      const Word a = rows[i], b = rows[i + 4];
      rows[i] = S::template quads<0>(a, b, indices);
      rows[i + 4] = S::template quads<1>(a, b, indices);
    }
  } else if constexpr (N == 16) {
    for (int i = 0; i < 4; i++) {
      const Word even01 = S::template quads<0>(rows[i], rows[i + 4], indices);
      const Word odd01 = S::template quads<1>(rows[i], rows[i + 4], indices);
      const Word even23 = S::template quads<0>(rows[i + 8], rows[i + 12], indices);
      const Word odd23 = S::template quads<1>(rows[i + 8], rows[i + 12], indices);
      rows[i] = S::template quads<0>(even01, even23, indices);
      rows[i + 4] = S::template quads<0>(odd01, odd23, indices);
      rows[i + 8] = S::template quads<1>(even01, even23, indices);
      rows[i + 12] = S::template quads<1>(odd01, odd23, indices);
    }
  } else {
    static_assert(N == 4);
  }
}

/// Loads a block of 64 bytes for each lane from `first` + lane * `stride`: word i of every block into
/// words[i], as it lies in memory.
template <int N>
VRAM_ROUND_FUNCTION void load_blocks(const uint8_t* const* blocks, typename VectorOf<N>::Type (&words)[16]) {
  if constexpr (N == 1) {
    memcpy(words, blocks[0], 64);
  } else {
    for (int part = 0; part < 16 / N; part++) {
      typename VectorOf<N>::Type rows[N];
      for (int lane = 0; lane < N; lane++) memcpy(&rows[lane], blocks[lane] + part * 4 * N, 4 * N);
      transpose<N>(rows);
      for (int i = 0; i < N; i++) words[part * N + i] = rows[i];
    }
  }
}

/// Stores 8 words of `count` lanes to 32 bytes each, one lane after another.
template <int N>
VRAM_ROUND_FUNCTION void store_hashes(const typename VectorOf<N>::Type (&words)[8], size_t count,
                                      uint8_t* out) {
  if constexpr (N == 1) {
    if (count == 1) memcpy(out, words, 32);
  } else if constexpr (N <= 8) {
    for (int part = 0; part < 8 / N; part++) {
      typename VectorOf<N>::Type rows[N];
      for (int i = 0; i < N; i++) rows[i] = words[part * N + i];
      transpose<N>(rows);
      for (size_t lane = 0; lane < count; lane++) memcpy(out + lane * 32 + part * 4 * N, &rows[lane], 4 * N);
    }
  } else {
    typename VectorOf<N>::Type rows[N] = {};
    for (int i = 0; i < 8; i++) rows[i] = words[i];
    transpose<N>(rows);
    for (size_t lane = 0; lane < count; lane++) memcpy(out + lane * 32, &rows[lane], 32);
  }
}

}  // namespace vram::VRAM_TARGET
