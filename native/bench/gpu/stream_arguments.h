// The kernel that reads memory as the decoding of a language model reads its weights (stream.ptx).
#pragma once

#include <cstdint>

namespace vram_bench {

constexpr const char* STREAM_KERNEL = "vram_bench_stream";
constexpr unsigned STREAM_THREADS = 256;

/// One parameter of 24 bytes.
struct StreamArguments {
  std::uint64_t address;
  /// Pieces of 16 bytes.
  std::uint64_t quads;
  /// A word, written only where the sum is one that finite weights never give.
  std::uint64_t result;
};

}  // namespace vram_bench
