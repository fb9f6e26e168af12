// The Merkle tree of fs-verity over bytes that come in pieces (Linux,
// Documentation/filesystems/fsverity.rst): SHA-256, blocks of 4096 bytes, no salt, version 1.
#pragma once

#include "chunks.h"
#include "executor.h"
#include "kernels.h"

namespace vram {

/// Blocks of hashes above one another: a block holds 128 hashes, and its own hash goes to the level above,
/// until a level has one hash only. Eight levels are enough for 2^61 bytes.
class FsVerityLevels {
 public:
  void begin();
  /// Where `free_hashes()` hashes of the lowest level go; then `added(count)` says how many were put there.
  uint8_t* free_space() { return blocks_[0] + used_bytes_[0]; }
  size_t free_hashes() const { return (FSVERITY_BLOCK_BYTES - used_bytes_[0]) / HASH_BYTES; }
  void added(const Sha256Kernel& kernel, size_t count);
  /// Whether the lowest level is empty: a chunk may then be added as the hash of its block of hashes.
  bool at_chunk_start() const { return used_bytes_[0] == 0; }
  void add_chunk(const Sha256Kernel& kernel, const uint8_t node[HASH_BYTES]) { add_hash(kernel, 1, node); }
  /// The root, or zeros if there was no block at all. Ends the tree.
  void finish(const Sha256Kernel& kernel, uint8_t out[HASH_BYTES]);

 private:
  static constexpr size_t MAX_LEVELS = 8;

  void add_hash(const Sha256Kernel& kernel, size_t level, const uint8_t hash[HASH_BYTES]);
  void hash_into_next(const Sha256Kernel& kernel, size_t level);

  size_t level_count_;
  size_t used_bytes_[MAX_LEVELS];
  uint8_t blocks_[MAX_LEVELS][FSVERITY_BLOCK_BYTES];
};

/// The digest. Trivial, so that a hasher may be copied and wiped as bytes.
class FsVerityTree {
 public:
  void begin(const Sha256Kernel& kernel);
  void update(const uint8_t* bytes, size_t size, const Executor* executor);
  void finish(uint8_t out[HASH_BYTES]);

 private:
  size_t take_chunks(const uint8_t* bytes, size_t size, const Executor* executor);
  size_t take_blocks(const uint8_t* bytes, size_t size);

  const Sha256Kernel* kernel_;
  uint64_t size_bytes_;
  size_t data_bytes_;
  /// The last block so far, if it is not whole.
  uint8_t data_[FSVERITY_BLOCK_BYTES];
  FsVerityLevels levels_;
};

/// Hashes of the level-1 blocks over each chunk of `bytes`; that of a shorter last one is zero-padded.
void fsverity_chunk_nodes(const Sha256Kernel& kernel, const Executor* executor, const uint8_t* bytes,
                          size_t size, uint8_t* out);

/// The digest of an input of `size_bytes` from the hashes of its level-1 blocks, at least two.
void fsverity_digest_from_nodes(const Sha256Kernel& kernel, const uint8_t* nodes, uint64_t count,
                                uint64_t size_bytes, uint8_t out[HASH_BYTES]);

}  // namespace vram
