#include "select.h"

#include "cpu_features.h"

namespace vram {

namespace {

template <class Kernel>
struct Candidate {
  vram_instruction_set set;
  const Kernel* kernel;
  bool available;
};

/// The first available of some candidates, the fastest being the first, or the one that was asked for.
template <class Kernel, size_t N>
Selected<Kernel> select(const Candidate<Kernel> (&candidates)[N], vram_instruction_set asked) {
  for (const Candidate<Kernel>& candidate : candidates) {
    if (candidate.available && (asked == VRAM_BEST || asked == candidate.set)) {
      return {candidate.kernel, candidate.set};
    }
  }
  return {nullptr, asked};
}

#if defined(__x86_64__)
const CpuFeatures& features() {
  static const CpuFeatures found = cpu_features();
  return found;
}
#endif

}  // namespace

Selected<Blake3Kernel> select_blake3(vram_instruction_set asked) {
  const Candidate<Blake3Kernel> candidates[] = {
#if defined(__x86_64__)
    {VRAM_AVX512, &BLAKE3_AVX512, features().avx512},
    {VRAM_AVX2, &BLAKE3_AVX2, features().avx2},
#endif
    {VRAM_SIMD128, &BLAKE3_SIMD128, true},
    {VRAM_SCALAR, &BLAKE3_SCALAR, true},
  };
  return select(candidates, asked);
}

Selected<Sha256Kernel> select_sha256(vram_instruction_set asked) {
  const Candidate<Sha256Kernel> candidates[] = {
#if defined(__x86_64__)
    // Two streams through the SHA unit are faster than 16 lanes, and a single one far faster.
    {VRAM_SHA_NI, &SHA256_SHA_NI, features().sha_ni},
    {VRAM_AVX512, &SHA256_AVX512, features().avx512},
    {VRAM_AVX2, &SHA256_AVX2, features().avx2},
#endif
    {VRAM_SIMD128, &SHA256_SIMD128, true},
    {VRAM_SCALAR, &SHA256_SCALAR, true},
  };
  return select(candidates, asked);
}

}  // namespace vram
