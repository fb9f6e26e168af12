// How digests are split into grids, apart from any driver.
//
// A message is split into pieces, a complete subtree each but for the last; a piece into chunks, a block of
// threads each. Chunks of several messages go into one grid. The nodes of a grid's chunks are merged, level
// by level, to one node per piece; when a message's pieces are through, their nodes are merged to its root in
// the same way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/arguments.h"
#include "vram/device.h"

namespace vram::cuda {

/// Bytes whose digest is wanted, and where its 32 bytes go.
struct DigestJob {
  std::uint64_t address;
  std::uint64_t bytes;
  std::uint8_t* target;
  const std::uint32_t* cancelled;
};

/// Chunks in a piece, and the most in a grid. Both are powers of 128, the fan-in of fs-verity, so that a
/// piece is a complete subtree of either tree.
constexpr std::uint64_t FOREGROUND_PIECE_CHUNKS = 128 * 128;
constexpr std::uint64_t BACKGROUND_PIECE_CHUNKS = 128;

constexpr std::uint32_t MAX_PIECES_PER_GRID = 256;
constexpr std::uint32_t MAX_JOBS = 64;
/// The most pieces of all jobs together, and of one job alone: two levels of merging are enough for them.
constexpr std::uint32_t MAX_PIECES = 128 * 128;

/// Where nodes lie in the scratch memory, by their index.
struct NodeRegions {
  static constexpr std::uint32_t CHUNKS = 0;
  static constexpr std::uint32_t MERGED = CHUNKS + FOREGROUND_PIECE_CHUNKS;
  static constexpr std::uint32_t PIECES = MERGED + 1024;
  static constexpr std::uint32_t MERGED_PIECES = PIECES + MAX_PIECES;
  static constexpr std::uint32_t ROOTS = MERGED_PIECES + 1024;
  static constexpr std::uint32_t DIGESTS = ROOTS + MAX_JOBS;
  static constexpr std::uint32_t END = DIGESTS + MAX_JOBS;
};

/// One launch of a merging kernel.
struct MergeLevel {
  std::vector<cuda_kernels::MergeSegment> segments;
  std::uint32_t items = 0;
};

/// One launch of a chunk kernel, and the merging of what it gives.
struct Grid {
  std::vector<cuda_kernels::ChunkSegment> chunks;
  std::uint32_t items = 0;
  std::vector<MergeLevel> merges;
};

struct DigestPlan {
  std::vector<Grid> grids;
  /// From the pieces' nodes to the messages' roots, in NodeRegions::ROOTS by the number of the job.
  std::vector<MergeLevel> roots;
};

constexpr std::uint64_t chunk_count(std::uint64_t bytes) {
  return (bytes + VRAM_CHUNK_BYTES - 1) / VRAM_CHUNK_BYTES;
}

/// The pieces of a message of that size.
std::uint64_t piece_count(std::uint64_t bytes, std::uint64_t piece_chunks);

/**
 * Plans the digests of up to MAX_JOBS messages with at most MAX_PIECES pieces together.
 *
 * @param fan_in how many nodes a merging kernel merges to one
 */
DigestPlan plan_digests(std::span<const DigestJob> jobs, std::uint64_t piece_chunks, std::uint32_t fan_in);

}  // namespace vram::cuda
