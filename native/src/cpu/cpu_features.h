// What the processor has and the operating system saves.
#pragma once

namespace vram {

struct CpuFeatures {
  /// AVX2 and BMI2.
  bool avx2;
  /// AVX-512 F, BW and VL, and what `avx2` says.
  bool avx512;
  /// The SHA extensions, SSSE3 and SSE4.1.
  bool sha_ni;
};

CpuFeatures cpu_features();

}  // namespace vram
