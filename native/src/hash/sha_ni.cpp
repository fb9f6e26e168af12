// SHA-256 by the SHA extensions of x86. One stream leaves the unit idle while it waits for itself, so several
// are interleaved.
#define VRAM_TARGET sha_ni

#include <immintrin.h>

#include "kernels.h"
#include "sha256_streams.h"

namespace vram {
namespace sha_ni {
namespace {

/// The hash in the halves that the instructions take: words a, b, e, f and c, d, g, h, highest first.
struct State {
  __m128i abef;
  __m128i cdgh;
};

VRAM_ROUND_FUNCTION State load_state(const uint32_t* hash) {
  const __m128i abcd = _mm_loadu_si128(reinterpret_cast<const __m128i*>(hash));
  const __m128i efgh = _mm_loadu_si128(reinterpret_cast<const __m128i*>(hash + 4));
  const __m128i badc = _mm_shuffle_epi32(abcd, 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1B);
  return {_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xF0)};
}

VRAM_ROUND_FUNCTION void store_state(State state, uint32_t* hash) {
  const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(hash), _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(hash + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// Rounds 4 * QUARTER to 4 * QUARTER + 3 of every stream. w holds the last 16 words of the schedule.
template <int QUARTER, int STREAMS>
VRAM_ROUND_FUNCTION void four_rounds(State (&s)[STREAMS], __m128i (&w)[STREAMS][4]) {
  const __m128i k = _mm_loadu_si128(reinterpret_cast<const __m128i*>(SHA256_K + 4 * QUARTER));
  __m128i kw[STREAMS];
  constexpr int I = QUARTER % 4;
  for (int i = 0; i < STREAMS; i++) {
    if constexpr (QUARTER >= 4) {
      const __m128i nine_back = _mm_alignr_epi8(w[i][(I + 3) % 4], w[i][(I + 2) % 4], 4);
      const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i][I], w[i][(I + 1) % 4]), nine_back);
      w[i][I] = _mm_sha256msg2_epu32(partial, w[i][(I + 3) % 4]);
    }
    kw[i] = _mm_add_epi32(w[i][I], k);
  }
  for (int i = 0; i < STREAMS; i++) s[i].cdgh = _mm_sha256rnds2_epu32(s[i].cdgh, s[i].abef, kw[i]);
  for (int i = 0; i < STREAMS; i++) {
    s[i].abef = _mm_sha256rnds2_epu32(s[i].abef, s[i].cdgh, _mm_shuffle_epi32(kw[i], 0x0E));
  }
}

/// Takes one block into each stream.
template <int STREAMS>
VRAM_ROUND_FUNCTION void take_block(State (&state)[STREAMS], const uint8_t* const* blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  State s[STREAMS];
  __m128i w[STREAMS][4];
  for (int i = 0; i < STREAMS; i++) {
    s[i] = state[i];
    for (int j = 0; j < 4; j++) {
      const __m128i words = _mm_loadu_si128(reinterpret_cast<const __m128i*>(blocks[i] + 16 * j));
      w[i][j] = _mm_shuffle_epi8(words, big_endian);
    }
  }
  four_rounds<0>(s, w);
  four_rounds<1>(s, w);
  four_rounds<2>(s, w);
  four_rounds<3>(s, w);
  four_rounds<4>(s, w);
  four_rounds<5>(s, w);
  four_rounds<6>(s, w);
  four_rounds<7>(s, w);
  four_rounds<8>(s, w);
  four_rounds<9>(s, w);
  four_rounds<10>(s, w);
  four_rounds<11>(s, w);
  four_rounds<12>(s, w);
  four_rounds<13>(s, w);
  four_rounds<14>(s, w);
  four_rounds<15>(s, w);
  for (int i = 0; i < STREAMS; i++) {
    state[i].abef = _mm_add_epi32(state[i].abef, s[i].abef);
    state[i].cdgh = _mm_add_epi32(state[i].cdgh, s[i].cdgh);
  }
}

/// Hashes for Sha256BatchRun.
template <int STREAMS>
class Streams {
 public:
  static constexpr int COUNT = STREAMS;

  void set(size_t i, const uint32_t* hash) { state_[i] = load_state(hash); }
  void get(size_t i, uint32_t* hash) const { store_state(state_[i], hash); }

  VRAM_ROUND_FUNCTION void compress(const uint8_t* const* blocks, size_t count) {
    State state[STREAMS];
    const uint8_t* next[STREAMS];
    for (int i = 0; i < STREAMS; i++) {
      state[i] = state_[i];
      next[i] = blocks[i];
    }
    for (; count > 0; count--) {
      take_block<STREAMS>(state, next);
      for (int i = 0; i < STREAMS; i++) next[i] += SHA256_BLOCK_BYTES;
    }
    for (int i = 0; i < STREAMS; i++) state_[i] = state[i];
  }

 private:
  State state_[STREAMS];
};

constexpr int INTERLEAVED = 2;

void compress(uint32_t hash[8], const uint8_t* blocks, size_t count) {
  Streams<1> stream;
  stream.set(0, hash);
  stream.compress(&blocks, count);
  stream.get(0, hash);
}

/// Whole blocks of 4096 bytes are messages like others, but need no cursor.
template <int STREAMS>
VRAM_ROUND_FUNCTION void some_fsverity_blocks(const uint8_t* bytes, uint8_t* out) {
  // The padding of a message of 4096 bytes: one bit, zeros, the length in bits.
  static constexpr struct {
    uint8_t one = 0x80;
    uint8_t zeros[61] = {};
    uint8_t bits[2] = {(FSVERITY_BLOCK_BYTES * 8) >> 8, 0};
  } PADDING;
  static_assert(sizeof PADDING == SHA256_BLOCK_BYTES);
  const uint8_t* blocks[STREAMS];
  const uint8_t* padding[STREAMS];
  Streams<STREAMS> streams;
  for (size_t i = 0; i < STREAMS; i++) {
    blocks[i] = bytes + i * FSVERITY_BLOCK_BYTES;
    padding[i] = &PADDING.one;
    streams.set(i, SHA256_IV);
  }
  streams.compress(blocks, FSVERITY_BLOCK_BYTES / SHA256_BLOCK_BYTES);
  streams.compress(padding, 1);
  for (size_t i = 0; i < STREAMS; i++) {
    uint32_t hash[8];
    streams.get(i, hash);
    store_sha256(hash, out + i * HASH_BYTES);
  }
}

void fsverity_blocks(const uint8_t* bytes, size_t count, uint8_t* out) {
  for (; count >= INTERLEAVED; count -= INTERLEAVED) {
    some_fsverity_blocks<INTERLEAVED>(bytes, out);
    bytes += INTERLEAVED * FSVERITY_BLOCK_BYTES;
    out += INTERLEAVED * HASH_BYTES;
  }
  if (count > 0) some_fsverity_blocks<1>(bytes, out);
}

void messages(const Sha256Batch& batch) {
  Sha256BatchRun<Streams<INTERLEAVED>>::run(batch);
}

}  // namespace
}  // namespace sha_ni

const Sha256Kernel SHA256_SHA_NI = {sha_ni::compress, sha_ni::fsverity_blocks, sha_ni::messages};

}  // namespace vram
