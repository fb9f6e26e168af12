// BLAKE3 on a device (paper, section 2). A block of threads hashes one chunk of 512 leaves, or merges 512
// nodes. The bodies are phases: between two of them every thread waits for its block.
#pragma once

#include "../../hash/blake3_flags.h"
#include "arguments.h"
#include "memory.h"

namespace vram::cuda_kernels {

constexpr unsigned LEAF_BYTES = 1024;
constexpr unsigned LEAVES_PER_CHUNK = CHUNK_BYTES / LEAF_BYTES;
/// Levels of the tree over 512 nodes.
constexpr unsigned MERGE_LEVELS = 9;

/// Up to 512 nodes in a block's shared memory, merged level by level where they lie: node i of level n is in
/// slot i * 2^n, so that a merge writes where it alone has read. A node without a neighbour moves up as it
/// is, which gives the tree whose left parts are the largest powers of two.
struct Blake3Nodes {
  uint32_t words[NODE_WORDS][LEAVES_PER_CHUNK];

  VRAM_ROUND_FUNCTION void put(unsigned slot, const uint32_t (&node)[NODE_WORDS]) {
    for (unsigned i = 0; i < NODE_WORDS; i++) words[i][slot] = node[i];
  }

  /// One level for the nodes of which `count` lie at the bottom, shared among `threads`.
  VRAM_ROUND_FUNCTION void merge(unsigned level, unsigned count, bool is_root, unsigned thread,
                                 unsigned threads) {
    const unsigned live = (count + (1u << level) - 1) >> level;
#pragma unroll 1
    for (unsigned pair = thread; pair < live / 2; pair += threads) {
      const unsigned left = (2 * pair) << level;
      const unsigned right = (2 * pair + 1) << level;
      uint32_t message[BLOCK_WORDS];
      uint32_t node[NODE_WORDS];
      for (unsigned i = 0; i < NODE_WORDS; i++) {
        message[i] = words[i][left];
        message[NODE_WORDS + i] = words[i][right];
      }
      set_initial(node);
      const uint32_t root = is_root && live == 2 ? BLAKE3_ROOT : 0;
      Blake3<Lane>::compress(node, message, 0, 0, BLOCK_BYTES, BLAKE3_PARENT | root);
      put(left, node);
    }
  }

  VRAM_ROUND_FUNCTION void store(uint32_t* outputs, unsigned item, unsigned thread) const {
    if (thread < NODE_WORDS) outputs[item * NODE_WORDS + thread] = words[thread][0];
  }
};

/// The chaining value of one leaf of 1 to 1024 bytes.
VRAM_ROUND_FUNCTION void hash_leaf(const uint8_t* from, unsigned bytes, uint64_t leaf, bool is_root,
                                   uint32_t (&node)[NODE_WORDS]) {
  set_initial(node);
  uint32_t flags = BLAKE3_LEAF_START;
#pragma unroll 1
  for (unsigned done = 0; done < bytes; done += BLOCK_BYTES) {
    const unsigned left = bytes - done;
    if (left <= BLOCK_BYTES) flags |= BLAKE3_LEAF_END | (is_root ? BLAKE3_ROOT : 0);
    const unsigned block_bytes = left < BLOCK_BYTES ? left : BLOCK_BYTES;
    uint32_t message[BLOCK_WORDS];
    load_block(from + done, block_bytes, message);
    Blake3<Lane>::compress(node, message, static_cast<uint32_t>(leaf), static_cast<uint32_t>(leaf >> 32),
                           block_bytes, flags);
    flags = 0;
  }
}

/// One chunk to a block: the chaining value of each, or the root where the message has only that chunk.
struct Blake3Chunks {
  using Arguments = ChunkArguments;
  using Shared = Blake3Nodes;
  static constexpr unsigned THREADS = 128;
  static constexpr unsigned PHASES = 1 + MERGE_LEVELS + 1;

  static VRAM_ROUND_FUNCTION void phase(unsigned phase, unsigned item, unsigned thread,
                                        const Arguments& arguments, Shared& nodes) {
    const ChunkSegment& segment = arguments.segments[find_segment(
        arguments.segment_count, item, [&](unsigned i) { return arguments.segments[i].first_item; })];
    const uint64_t offset = static_cast<uint64_t>(item - segment.first_item) * CHUNK_BYTES;
    const uint64_t left = segment.bytes - offset;
    const unsigned bytes = left < CHUNK_BYTES ? static_cast<unsigned>(left) : CHUNK_BYTES;
    const unsigned leaves = (bytes + LEAF_BYTES - 1) / LEAF_BYTES;
    if (phase == 0) {
      const auto* from = reinterpret_cast<const uint8_t*>(segment.address + offset);
      const uint64_t first_leaf = (segment.first_chunk + (item - segment.first_item)) * LEAVES_PER_CHUNK;
#pragma unroll 1
      for (unsigned leaf = thread; leaf < leaves; leaf += THREADS) {
        const unsigned leaf_bytes =
            bytes - leaf * LEAF_BYTES < LEAF_BYTES ? bytes - leaf * LEAF_BYTES : LEAF_BYTES;
        uint32_t node[NODE_WORDS];
        hash_leaf(from + leaf * LEAF_BYTES, leaf_bytes, first_leaf + leaf, segment.is_root && leaves == 1,
                  node);
        nodes.put(leaf, node);
      }
    } else if (phase <= MERGE_LEVELS) {
      nodes.merge(phase - 1, leaves, segment.is_root, thread, THREADS);
    } else {
      nodes.store(arguments.nodes, item, thread);
    }
  }
};

/// Up to 512 nodes to a block, merged to one.
struct Blake3Merge {
  using Arguments = MergeArguments;
  using Shared = Blake3Nodes;
  static constexpr unsigned THREADS = 128;
  static constexpr unsigned PHASES = 1 + MERGE_LEVELS + 1;
  static constexpr unsigned FAN_IN = LEAVES_PER_CHUNK;

  static VRAM_ROUND_FUNCTION void phase(unsigned phase, unsigned item, unsigned thread,
                                        const Arguments& arguments, Shared& nodes) {
    const MergeSegment& segment = arguments.segments[find_segment(
        arguments.segment_count, item, [&](unsigned i) { return arguments.segments[i].first_item; })];
    const unsigned first = (item - segment.first_item) * FAN_IN;
    const unsigned count = segment.inputs - first < FAN_IN ? segment.inputs - first : FAN_IN;
    if (phase == 0) {
      const uint32_t* from =
          arguments.nodes + static_cast<uint64_t>(segment.first_input + first) * NODE_WORDS;
      for (unsigned i = thread; i < count * NODE_WORDS; i += THREADS) {
        nodes.words[i % NODE_WORDS][i / NODE_WORDS] = from[i];
      }
    } else if (phase <= MERGE_LEVELS) {
      nodes.merge(phase - 1, count, segment.is_root, thread, THREADS);
    } else {
      nodes.store(arguments.nodes, segment.first_output + (item - segment.first_item), thread);
    }
  }
};

}  // namespace vram::cuda_kernels
