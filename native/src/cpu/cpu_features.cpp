#include "cpu_features.h"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace vram {

#if defined(__x86_64__)

namespace {

constexpr bool has_bit(uint32_t word, int bit) {
  return (word >> bit & 1) != 0;
}

/// Which register state the operating system saves (XCR0).
uint64_t saved_state() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

}  // namespace

CpuFeatures cpu_features() {
  constexpr uint64_t XMM_YMM = 0x06, XMM_YMM_ZMM = 0xe6;
  CpuFeatures features = {};
  uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return features;
  const bool ssse3 = has_bit(ecx, 9), sse41 = has_bit(ecx, 19), xsave = has_bit(ecx, 27);
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return features;
  features.sha_ni = has_bit(ebx, 29) && ssse3 && sse41;
  const uint64_t saved = xsave ? saved_state() : 0;
  features.avx2 = has_bit(ebx, 5) && has_bit(ebx, 8) && (saved & XMM_YMM) == XMM_YMM;
  features.avx512 = features.avx2 && has_bit(ebx, 16) && has_bit(ebx, 30) && has_bit(ebx, 31) &&
                    (saved & XMM_YMM_ZMM) == XMM_YMM_ZMM;
  return features;
}

#else

CpuFeatures cpu_features() {
  return {};
}

#endif

}  // namespace vram
