// The plan of digests, carried out on labels instead of nodes: what the grids merge must be the tree of each
// message, also for messages that are too large to hash here.
#include "../../src/cuda/digest_plan.h"

#include <algorithm>
#include <map>

#include "check.h"

namespace {

using namespace vram::cuda;
using Label = std::uint64_t;

constexpr std::uint32_t BLAKE3_FAN_IN = 512;
constexpr std::uint32_t FSVERITY_FAN_IN = 128;

Label mix(Label seed, Label value) {
  seed ^= value + 0x9e3779b97f4a7c15 + (seed << 6) + (seed >> 2);
  return seed * 0xff51afd7ed558ccd;
}

Label leaf(std::uint64_t address, std::uint64_t bytes, std::uint64_t number, bool root) {
  return mix(mix(mix(mix(1, address), bytes), number), root);
}

Label parent(Label left, Label right, bool root) {
  return mix(mix(mix(2, left), right), root);
}

/// BLAKE3's tree: the left part is the largest power of two that leaves something to the right.
Label blake3_tree(const std::vector<Label>& nodes, std::size_t first, std::size_t count, bool root) {
  if (count == 1) return nodes[first];
  std::size_t left = 1;
  while (left * 2 < count) left *= 2;
  return parent(blake3_tree(nodes, first, left, false), blake3_tree(nodes, first + left, count - left, false),
                root);
}

Label fsverity_block(const std::vector<Label>& nodes, std::size_t first, std::size_t count) {
  Label label = mix(3, count);
  for (std::size_t i = 0; i < count; i++) label = mix(label, nodes[first + i]);
  return label;
}

/// The tree of fs-verity: blocks of 128 hashes, level by level, until one hash is left.
Label fsverity_tree(std::vector<Label> nodes) {
  while (nodes.size() > 1) {
    std::vector<Label> above;
    for (std::size_t i = 0; i < nodes.size(); i += FSVERITY_FAN_IN) {
      above.push_back(fsverity_block(nodes, i, std::min<std::size_t>(FSVERITY_FAN_IN, nodes.size() - i)));
    }
    nodes = std::move(above);
  }
  return nodes[0];
}

std::vector<Label> chunk_labels(const DigestJob& job) {
  const std::uint64_t count = chunk_count(job.bytes);
  std::vector<Label> labels;
  for (std::uint64_t i = 0; i < count; i++) {
    const std::uint64_t bytes = std::min<std::uint64_t>(VRAM_CHUNK_BYTES, job.bytes - i * VRAM_CHUNK_BYTES);
    labels.push_back(leaf(job.address + i * VRAM_CHUNK_BYTES, bytes, i, count == 1));
  }
  return labels;
}

/// Does what the kernels do.
class Machine {
 public:
  explicit Machine(std::uint32_t fan_in) : fan_in_(fan_in), nodes_(NodeRegions::END) {}

  Label root(std::uint32_t job) const { return nodes_[NodeRegions::ROOTS + job]; }

  void run(const DigestPlan& plan, std::uint64_t most_chunks) {
    for (const Grid& grid : plan.grids) {
      CHECK(grid.items > 0 && grid.items <= most_chunks);
      CHECK(grid.chunks.size() <= MAX_PIECES_PER_GRID);
      run_chunks(grid);
      for (const MergeLevel& level : grid.merges) run_merge(level);
    }
    for (const MergeLevel& level : plan.roots) run_merge(level);
  }

 private:
  void run_chunks(const Grid& grid) {
    std::uint32_t item = 0;
    for (const auto& segment : grid.chunks) {
      CHECK(segment.first_item == item);
      for (std::uint64_t offset = 0; offset < segment.bytes; offset += VRAM_CHUNK_BYTES) {
        const std::uint64_t bytes = std::min<std::uint64_t>(VRAM_CHUNK_BYTES, segment.bytes - offset);
        const std::uint64_t number = segment.first_chunk + offset / VRAM_CHUNK_BYTES;
        nodes_[NodeRegions::CHUNKS + item++] =
            leaf(segment.address + offset, bytes, number, segment.is_root != 0);
      }
    }
    CHECK(item == grid.items);
  }

  void run_merge(const MergeLevel& level) {
    std::uint32_t item = 0;
    std::map<std::uint32_t, Label> outputs;
    for (const auto& segment : level.segments) {
      CHECK(segment.first_item == item);
      for (std::uint32_t first = 0; first < segment.inputs; first += fan_in_) {
        const std::uint32_t output = segment.first_output + first / fan_in_;
        const bool fresh = outputs.emplace(output, merged(segment, first)).second;
        CHECK(fresh);
        item++;
      }
    }
    CHECK(item == level.items);
    for (const auto& [index, label] : outputs) nodes_.at(index) = label;
  }

  Label merged(const vram::cuda_kernels::MergeSegment& segment, std::uint32_t first) const {
    const std::uint32_t count = std::min(fan_in_, segment.inputs - first);
    const std::size_t from = segment.first_input + first;
    if (fan_in_ == BLAKE3_FAN_IN) return blake3_tree(nodes_, from, count, segment.is_root != 0);
    return segment.is_copy != 0 ? nodes_[from] : fsverity_block(nodes_, from, count);
  }

  const std::uint32_t fan_in_;
  std::vector<Label> nodes_;
};

void check_plan(const std::vector<std::uint64_t>& sizes, std::uint64_t piece_chunks) {
  std::vector<DigestJob> jobs;
  std::uint64_t address = 1 << 20;
  for (const std::uint64_t size : sizes) {
    jobs.push_back({address, size, nullptr, nullptr});
    address += size + 64;
  }
  for (const std::uint32_t fan_in : {BLAKE3_FAN_IN, FSVERITY_FAN_IN}) {
    Machine machine(fan_in);
    machine.run(plan_digests(jobs, piece_chunks, fan_in), piece_chunks);
    for (std::uint32_t i = 0; i < jobs.size(); i++) {
      const std::vector<Label> chunks = chunk_labels(jobs[i]);
      const Label expected =
          fan_in == BLAKE3_FAN_IN ? blake3_tree(chunks, 0, chunks.size(), true) : fsverity_tree(chunks);
      CHECK(machine.root(i) == expected);
    }
  }
}

}  // namespace

int main() {
  constexpr std::uint64_t CHUNK = VRAM_CHUNK_BYTES;
  const std::vector<std::uint64_t> counts = {1,   2,     127,   128,   129,   511,          512,
                                             513, 16383, 16384, 16385, 40000, 128 * 128 * 3};
  for (const std::uint64_t piece_chunks : {BACKGROUND_PIECE_CHUNKS, FOREGROUND_PIECE_CHUNKS}) {
    for (const std::uint64_t count : counts) {
      check_plan({count * CHUNK}, piece_chunks);
      check_plan({count * CHUNK - 1}, piece_chunks);
      check_plan({(count - 1) * CHUNK + 1}, piece_chunks);
    }
    check_plan({1, CHUNK, CHUNK + 1, 200 * CHUNK, 7, 16384 * CHUNK, 16000 * CHUNK, 3}, piece_chunks);
    check_plan(std::vector<std::uint64_t>(MAX_JOBS, 5), piece_chunks);
    check_plan(std::vector<std::uint64_t>(MAX_JOBS, 300 * CHUNK + 1), piece_chunks);
  }
  return vram_test::failures == 0 ? 0 : 1;
}
