// Chunks: the parts of an input whose digests are computed apart and recombine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "executor.h"
#include "kernels.h"

namespace vram {

/// A complete subtree of BLAKE3 (512 leaves), and what one level-1 block of fs-verity covers (128 blocks).
constexpr size_t CHUNK_BYTES = 524288;

/// How many chunks some bytes fill or begin.
constexpr uint64_t chunks_of(uint64_t size) {
  return size / CHUNK_BYTES + (size % CHUNK_BYTES != 0 ? 1 : 0);
}

/// Applies `node(context, bytes, size, number, out)` to each chunk of `bytes`, the last of which may be
/// shorter; `number` counts from `first_chunk`, and `out` are 32 bytes for each.
struct ChunkTask {
  void (*node)(const void* kernel, const uint8_t* bytes, size_t size, uint64_t number, uint8_t* out);
  const void* kernel;
};

void run_chunk_tasks(const ChunkTask& task, const Executor* executor, const uint8_t* bytes, size_t size,
                     uint64_t first_chunk, uint8_t* out);

}  // namespace vram
