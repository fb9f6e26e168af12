// Words in lanes: the one type that the round functions are written over. A lane holds one of several
// independent hashes; with one lane a word is a plain integer.
//
// Each driver (scalar.cpp, avx2.cpp, ...) is compiled with flags of its own, so what it instantiates must not
// be shared with another driver by the linker. Therefore it names itself in VRAM_TARGET before it includes a
// header of this folder that declares anything in namespace vram::VRAM_TARGET, and no driver uses function
// templates of the standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifndef VRAM_TARGET
#error "Define VRAM_TARGET to the name of the driver"
#endif

#if defined(__CUDACC__)
#define VRAM_HOST_DEVICE __host__ __device__
#else
#define VRAM_HOST_DEVICE
#endif
/// A function of the round code: part of its caller on every target, device code included.
#define VRAM_ROUND_FUNCTION VRAM_HOST_DEVICE inline __attribute__((always_inline))

/// How many turns of the loop that follows become one. On a GPU all of them: its registers have no addresses, and what
/// a loop indexes would lie in memory.
#define VRAM_PRAGMA(text) _Pragma(#text)
#if defined(__CUDACC__)
#define VRAM_UNROLL(turns) _Pragma("unroll")
#elif defined(__clang__)
#define VRAM_UNROLL(turns) VRAM_PRAGMA(clang loop unroll_count(turns))
#else
#define VRAM_UNROLL(turns) VRAM_PRAGMA(GCC unroll turns)
#endif

namespace vram::VRAM_TARGET {

/// The type of N words. Specialised by hand: g++ drops the attribute where N is a template's parameter.
template <int N>
struct VectorOf;
template <>
struct VectorOf<1> {
  using Type = uint32_t;
};
template <>
struct VectorOf<4> {
  using Type = uint32_t __attribute__((vector_size(16)));
};
template <>
struct VectorOf<8> {
  using Type = uint32_t __attribute__((vector_size(32)));
};
template <>
struct VectorOf<16> {
  using Type = uint32_t __attribute__((vector_size(64)));
};

/// Asks for the bytes that lie `distance` further on, which need not exist.
VRAM_ROUND_FUNCTION void prefetch(const uint8_t* from, size_t distance) {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(from) + distance));
}

/// N lanes of 32-bit words and the operations on them that have no operator. A driver whose compiler needs
/// help derives from it and hides single operations.
template <int N>
struct Lanes {
  static constexpr int COUNT = N;
  using Word = typename VectorOf<N>::Type;

  static VRAM_ROUND_FUNCTION Word splat(uint32_t value) { return Word{} + value; }

  template <int BITS>
  static VRAM_ROUND_FUNCTION Word rotate_right(Word word) {
    return (word >> BITS) | (word << (32 - BITS));
  }

  /// Words as they lie in memory to big-endian numbers, or back, on a little-endian machine.
  static VRAM_ROUND_FUNCTION Word byte_swapped(Word word) {
    return (rotate_right<8>(word) & 0xff00ff00) | (rotate_right<24>(word) & 0x00ff00ff);
  }

  static VRAM_ROUND_FUNCTION Word xor3(Word a, Word b, Word c) { return a ^ b ^ c; }

  /// Each bit of `yes` where the bit of `which` is set, and of `no` elsewhere (Ch of FIPS 180-4).
  static VRAM_ROUND_FUNCTION Word choose(Word which, Word yes, Word no) { return no ^ (which & (yes ^ no)); }

  /// Maj of FIPS 180-4.
  static VRAM_ROUND_FUNCTION Word majority(Word a, Word b, Word c) { return (a & b) | (c & (a | b)); }
};

}  // namespace vram::VRAM_TARGET
