// The tree of BLAKE3 over bytes that come in pieces (paper, section 2.1).
#pragma once

#include "chunks.h"
#include "executor.h"
#include "kernels.h"

namespace vram {

/// Chaining values of complete subtrees above one another: inputs have fewer than 2^64 bytes, so at most 2^54
/// leaves.
class Blake3Stack {
 public:
  void begin() {
    depth_ = 0;
    count_ = 0;
  }

  /// How many of the units that are pushed (leaves, or chunks) there are so far.
  uint64_t count() const { return count_; }

  /// Pushes a complete subtree of `units` (a power of two that divides `count()`) and merges the subtrees
  /// that it completes. More must follow: otherwise one of those might be the root.
  void push(const uint8_t cv[HASH_BYTES], uint64_t units);

  bool is_empty() const { return depth_ == 0; }

  /// Merges everything with `last`, the chaining value of what was not pushed, in place. `root` says whether
  /// this is the whole tree.
  void finish(uint8_t last[HASH_BYTES], bool root) const;

 private:
  static constexpr size_t MAX_DEPTH = 54;

  uint64_t count_;
  size_t depth_;
  uint8_t cvs_[MAX_DEPTH][HASH_BYTES];
};

/// A subtree: the whole tree, or the part over a run of leaves. A part must start where a complete subtree of
/// its size starts. Trivial, so that a hasher may be copied and wiped as bytes.
class Blake3Tree {
 public:
  void begin(const Blake3Kernel& kernel, uint64_t first_leaf);
  void update(const uint8_t* bytes, size_t size, const Executor* executor);
  /// The digest if this is the whole tree (`root`), else the chaining value inside a larger one.
  void finish(uint8_t out[HASH_BYTES], bool root);

 private:
  size_t take_chunks(const uint8_t* bytes, size_t size, const Executor* executor);
  size_t take_subtree(const uint8_t* bytes, size_t size);
  void last_leaf(uint8_t out[HASH_BYTES], bool root) const;

  const Blake3Kernel* kernel_;
  uint64_t first_leaf_;
  Blake3Stack stack_;
  size_t leaf_bytes_;
  /// The last leaf so far. It is hashed only when more input follows, for the last leaf may be the root.
  uint8_t leaf_[BLAKE3_LEAF_BYTES];
};

/// Chaining values of the chunks of `bytes`, the first of which is number `first_chunk` of an input that is
/// longer than one chunk. Only the last may be shorter.
void blake3_chunk_nodes(const Blake3Kernel& kernel, const Executor* executor, const uint8_t* bytes,
                        size_t size, uint64_t first_chunk, uint8_t* out);

/// The digest of an input from the chaining values of its chunks, at least two.
void blake3_root_from_nodes(const uint8_t* nodes, uint64_t count, uint8_t out[HASH_BYTES]);

}  // namespace vram
