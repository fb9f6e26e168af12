// The Merkle tree of fs-verity on a device (Linux, Documentation/filesystems/fsverity.rst): SHA-256, blocks
// of 4096 bytes, no salt. The bodies are phases, as in blake3.h.
#pragma once

#include "arguments.h"
#include "sha256.h"

namespace vram::cuda_kernels {

constexpr unsigned TREE_BLOCK_BYTES = 4096;
/// Hashes in a block of the tree; also the blocks of data in a chunk.
constexpr unsigned HASHES_PER_BLOCK = TREE_BLOCK_BYTES / NODE_BYTES;

/// Hashes as they lie in a block of the tree.
VRAM_ROUND_FUNCTION void store_hash(const ThreadSha256& sha256, uint32_t* to) {
  for (unsigned i = 0; i < NODE_WORDS; i++) to[i] = Lane::byte_swapped(sha256.hash[i]);
}

/// SHA-256 of a block of 4096 bytes, of which only the first `bytes` are there: the rest is zero.
VRAM_ROUND_FUNCTION void hash_tree_block(const uint8_t* from, unsigned bytes, uint32_t* to) {
  ThreadSha256 sha256;
#pragma unroll 1
  for (unsigned done = 0; done <= TREE_BLOCK_BYTES; done += BLOCK_BYTES) {
    uint32_t block[BLOCK_WORDS];
    if (done == TREE_BLOCK_BYTES) {
      for (unsigned i = 0; i < BLOCK_WORDS; i++) block[i] = 0;
      block[0] = 0x80000000;
      block[BLOCK_WORDS - 1] = TREE_BLOCK_BYTES * 8;
    } else {
      const unsigned left = done < bytes ? bytes - done : 0;
      load_block(from + done, left < BLOCK_BYTES ? left : BLOCK_BYTES, block);
      for (unsigned i = 0; i < BLOCK_WORDS; i++) block[i] = Lane::byte_swapped(block[i]);
    }
    sha256.take(block);
  }
  store_hash(sha256, to);
}

/// One chunk to a block: the hash of its level-1 block, or the root where the message has only that chunk.
struct FsVerityChunks {
  using Arguments = ChunkArguments;
  struct Shared {
    alignas(16) uint32_t hashes[HASHES_PER_BLOCK * NODE_WORDS];
  };
  static constexpr unsigned THREADS = HASHES_PER_BLOCK;
  static constexpr unsigned PHASES = 2;

  static VRAM_ROUND_FUNCTION void phase(unsigned phase, unsigned item, unsigned thread,
                                        const Arguments& arguments, Shared& shared) {
    const ChunkSegment& segment = arguments.segments[find_segment(
        arguments.segment_count, item, [&](unsigned i) { return arguments.segments[i].first_item; })];
    const uint64_t offset = static_cast<uint64_t>(item - segment.first_item) * CHUNK_BYTES;
    const uint64_t left = segment.bytes - offset;
    const unsigned bytes = left < CHUNK_BYTES ? static_cast<unsigned>(left) : CHUNK_BYTES;
    const unsigned blocks = (bytes + TREE_BLOCK_BYTES - 1) / TREE_BLOCK_BYTES;
    uint32_t* output = arguments.nodes + static_cast<uint64_t>(item) * NODE_WORDS;
    if (phase == 0) {
      if (thread >= blocks) return;
      const unsigned first = thread * TREE_BLOCK_BYTES;
      const unsigned block_bytes = bytes - first < TREE_BLOCK_BYTES ? bytes - first : TREE_BLOCK_BYTES;
      // A message of one block has no level above: that block's hash is the root.
      uint32_t* to = segment.is_root && blocks == 1 ? output : shared.hashes + thread * NODE_WORDS;
      hash_tree_block(reinterpret_cast<const uint8_t*>(segment.address + offset) + first, block_bytes, to);
    } else if (thread == 0 && !(segment.is_root && blocks == 1)) {
      hash_tree_block(reinterpret_cast<const uint8_t*>(shared.hashes), blocks * NODE_BYTES, output);
    }
  }
};

/// One block of the tree to a thread: up to 128 hashes of the level below to one.
struct FsVerityMerge {
  using Arguments = MergeArguments;
  struct Shared {};
  static constexpr unsigned THREADS = 1;
  static constexpr unsigned PHASES = 1;
  static constexpr unsigned FAN_IN = HASHES_PER_BLOCK;

  static VRAM_ROUND_FUNCTION void phase(unsigned, unsigned item, unsigned, const Arguments& arguments,
                                        Shared&) {
    const MergeSegment& segment = arguments.segments[find_segment(
        arguments.segment_count, item, [&](unsigned i) { return arguments.segments[i].first_item; })];
    const unsigned first = (item - segment.first_item) * FAN_IN;
    const unsigned count = segment.inputs - first < FAN_IN ? segment.inputs - first : FAN_IN;
    const uint32_t* from = arguments.nodes + static_cast<uint64_t>(segment.first_input + first) * NODE_WORDS;
    uint32_t* to = arguments.nodes +
                   static_cast<uint64_t>(segment.first_output + (item - segment.first_item)) * NODE_WORDS;
    if (segment.is_copy) {
      for (unsigned i = 0; i < NODE_WORDS; i++) to[i] = from[i];
    } else {
      hash_tree_block(reinterpret_cast<const uint8_t*>(from), count * NODE_BYTES, to);
    }
  }
};

/// One message to a block of one thread: the digest of its `struct fsverity_descriptor` of 256 bytes.
struct FsVerityFinish {
  using Arguments = FinishArguments;
  struct Shared {};
  static constexpr unsigned THREADS = 1;
  static constexpr unsigned PHASES = 1;

  static VRAM_ROUND_FUNCTION void phase(unsigned, unsigned item, unsigned, const Arguments& arguments,
                                        Shared&) {
    const FinishSegment& segment = arguments.segments[item];
    const uint32_t* root = arguments.nodes + static_cast<uint64_t>(segment.input) * NODE_WORDS;
    ThreadSha256 sha256;
#pragma unroll 1
    for (unsigned block = 0; block < DESCRIPTOR_BLOCKS + 1; block++) {
      uint32_t words[BLOCK_WORDS] = {};
      if (block == 0) {
        words[0] = 0x01010c00;  // Version 1, SHA-256, blocks of 2^12 bytes, no salt.
        words[2] = Lane::byte_swapped(static_cast<uint32_t>(segment.message_bytes));
        words[3] = Lane::byte_swapped(static_cast<uint32_t>(segment.message_bytes >> 32));
        for (unsigned i = 0; i < NODE_WORDS; i++) words[4 + i] = Lane::byte_swapped(root[i]);
      } else if (block == DESCRIPTOR_BLOCKS) {
        words[0] = 0x80000000;
        words[BLOCK_WORDS - 1] = DESCRIPTOR_BLOCKS * BLOCK_BYTES * 8;
      }
      sha256.take(words);
    }
    store_hash(sha256, arguments.nodes + static_cast<uint64_t>(segment.output) * NODE_WORDS);
  }

 private:
  static constexpr unsigned DESCRIPTOR_BLOCKS = 4;
};

}  // namespace vram::cuda_kernels
