#include "digest_plan.h"

#include <algorithm>
#include <utility>

namespace vram::cuda {

namespace {

using cuda_kernels::ChunkSegment;
using cuda_kernels::MergeSegment;

/// Nodes side by side on their way up.
struct Run {
  std::uint32_t first;
  std::uint32_t count;
  /// Whether they are all nodes of their level in the whole message, so that the last merge makes the root.
  bool whole;
};

/// Merges every run once, into nodes side by side from `output` on; the runs become those of the level above.
MergeLevel merge_once(std::vector<Run>& runs, std::uint32_t output, std::uint32_t fan_in) {
  MergeLevel level;
  for (Run& run : runs) {
    const std::uint32_t outputs = (run.count + fan_in - 1) / fan_in;
    const bool done = run.whole && run.count == 1;
    level.segments.push_back({.first_input = run.first,
                              .inputs = run.count,
                              .first_item = level.items,
                              .first_output = output,
                              .is_root = run.whole && !done && outputs == 1,
                              .is_copy = done});
    run.first = output;
    run.count = outputs;
    level.items += outputs;
    output += outputs;
  }
  return level;
}

class Planner {
 public:
  Planner(std::uint64_t piece_chunks, std::uint32_t fan_in) : piece_chunks_(piece_chunks), fan_in_(fan_in) {}

  void add(const DigestJob& job) {
    const std::uint64_t pieces = piece_count(job.bytes, piece_chunks_);
    const std::uint64_t piece_bytes = piece_chunks_ * VRAM_CHUNK_BYTES;
    jobs_.push_back({NodeRegions::PIECES + planned_pieces_, static_cast<std::uint32_t>(pieces), true});
    planned_pieces_ += static_cast<std::uint32_t>(pieces);
    for (std::uint64_t offset = 0; offset < job.bytes; offset += piece_bytes) {
      add_piece(job, offset, std::min(piece_bytes, job.bytes - offset), pieces == 1);
    }
  }

  DigestPlan finish() {
    end_grid();
    plan_.roots.push_back(merge_once(jobs_, NodeRegions::MERGED_PIECES, fan_in_));
    plan_.roots.push_back(merge_once(jobs_, NodeRegions::ROOTS, fan_in_));
    return std::move(plan_);
  }

 private:
  void add_piece(const DigestJob& job, std::uint64_t offset, std::uint64_t bytes, bool whole) {
    const auto chunks = static_cast<std::uint32_t>(chunk_count(bytes));
    // A grid ends with its last piece whose chunks fit; a background piece is a grid of its own.
    const bool full = grid_.items + chunks > piece_chunks_ || grid_.chunks.size() == MAX_PIECES_PER_GRID;
    if (full) end_grid();
    runs_.push_back({NodeRegions::CHUNKS + grid_.items, chunks, whole});
    grid_.chunks.push_back({.address = job.address + offset,
                            .bytes = bytes,
                            .first_chunk = offset / VRAM_CHUNK_BYTES,
                            .first_item = grid_.items,
                            .is_root = whole && chunks == 1});
    grid_.items += chunks;
  }

  void end_grid() {
    if (grid_.chunks.empty()) return;
    const auto pieces = static_cast<std::uint32_t>(grid_.chunks.size());
    if (piece_chunks_ > BACKGROUND_PIECE_CHUNKS) {
      grid_.merges.push_back(merge_once(runs_, NodeRegions::MERGED, fan_in_));
    }
    grid_.merges.push_back(merge_once(runs_, NodeRegions::PIECES + finished_pieces_, fan_in_));
    finished_pieces_ += pieces;
    plan_.grids.push_back(std::move(grid_));
    grid_ = {};
    runs_.clear();
  }

  const std::uint64_t piece_chunks_;
  const std::uint32_t fan_in_;
  std::uint32_t planned_pieces_ = 0;
  std::uint32_t finished_pieces_ = 0;
  std::vector<Run> jobs_;
  std::vector<Run> runs_;
  Grid grid_;
  DigestPlan plan_;
};

}  // namespace

std::uint64_t piece_count(std::uint64_t bytes, std::uint64_t piece_chunks) {
  const std::uint64_t piece_bytes = piece_chunks * VRAM_CHUNK_BYTES;
  return bytes / piece_bytes + (bytes % piece_bytes != 0);
}

DigestPlan plan_digests(std::span<const DigestJob> jobs, std::uint64_t piece_chunks, std::uint32_t fan_in) {
  Planner planner(piece_chunks, fan_in);
  for (const DigestJob& job : jobs) planner.add(job);
  return planner.finish();
}

}  // namespace vram::cuda
