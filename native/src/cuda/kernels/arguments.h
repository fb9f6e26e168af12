// What the host passes to the kernels. A grid works on many segments at once; a table says which.
#pragma once

#include <cstdint>

namespace vram::cuda_kernels {

/// Whole chunks of one message, of which only its last may be shorter.
struct ChunkSegment {
  uint64_t address;
  uint64_t bytes;
  /// The number that the first chunk has in its message.
  uint64_t first_chunk;
  /// The number that the first chunk has in the grid.
  uint32_t first_item;
  /// 1 where the segment is a whole message of one chunk: its node is then the root of the tree.
  uint32_t is_root;
};

/// Nodes side by side that are merged into fewer: as many inputs to an output as the tree's fan-in.
struct MergeSegment {
  uint32_t first_input;
  uint32_t inputs;
  /// The number that the first output has in the grid.
  uint32_t first_item;
  uint32_t first_output;
  /// 1 where the only output is the root of a tree.
  uint32_t is_root;
  /// 1 where the only input is the output already.
  uint32_t is_copy;
};

/// A message whose tree's root is known.
struct FinishSegment {
  uint64_t message_bytes;
  uint32_t input;
  uint32_t output;
};

/// The grid's chunks have their nodes at the start of `nodes`, 8 words each.
struct ChunkArguments {
  const ChunkSegment* segments;
  uint32_t* nodes;
  uint32_t segment_count;
};

struct MergeArguments {
  const MergeSegment* segments;
  uint32_t* nodes;
  uint32_t segment_count;
};

struct FinishArguments {
  const FinishSegment* segments;
  uint32_t* nodes;
};

}  // namespace vram::cuda_kernels
