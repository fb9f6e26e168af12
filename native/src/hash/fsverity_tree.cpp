#include "fsverity_tree.h"

#include "bytes.h"
#include "sha256_stream.h"

namespace vram {

namespace {

constexpr size_t CHUNKS_AT_ONCE = 512;

/// SHA-256 of `struct fsverity_descriptor`.
void descriptor_digest(const Sha256Kernel& kernel, uint64_t size_bytes, const uint8_t root[HASH_BYTES],
                       uint8_t out[HASH_BYTES]) {
  constexpr uint8_t VERSION = 1, HASH_SHA256 = 1, LOG2_BLOCK_BYTES = 12;
  uint8_t descriptor[256] = {VERSION, HASH_SHA256, LOG2_BLOCK_BYTES};
  store_little_endian_64(size_bytes, descriptor + 8);
  memcpy(descriptor + 16, root, HASH_BYTES);
  Sha256Stream stream;
  stream.begin(kernel);
  stream.update(descriptor, sizeof descriptor);
  stream.finish(out);
}

void chunk_node(const void* kernel, const uint8_t* bytes, size_t size, uint64_t, uint8_t* out) {
  const Sha256Kernel& sha256 = *static_cast<const Sha256Kernel*>(kernel);
  uint8_t level1[FSVERITY_BLOCK_BYTES] = {};
  const size_t whole = size / FSVERITY_BLOCK_BYTES;
  sha256.fsverity_blocks(bytes, whole, level1);
  if (const size_t rest = size % FSVERITY_BLOCK_BYTES; rest > 0) {
    uint8_t block[FSVERITY_BLOCK_BYTES] = {};
    memcpy(block, bytes + whole * FSVERITY_BLOCK_BYTES, rest);
    sha256.fsverity_blocks(block, 1, level1 + whole * HASH_BYTES);
    wipe(block, sizeof block);
  }
  sha256.fsverity_blocks(level1, 1, out);
}

}  // namespace

void FsVerityLevels::begin() {
  level_count_ = 1;
  memset(used_bytes_, 0, sizeof used_bytes_);
}

void FsVerityLevels::added(const Sha256Kernel& kernel, size_t count) {
  used_bytes_[0] += count * HASH_BYTES;
  if (used_bytes_[0] == FSVERITY_BLOCK_BYTES) hash_into_next(kernel, 0);
}

void FsVerityLevels::add_hash(const Sha256Kernel& kernel, size_t level, const uint8_t hash[HASH_BYTES]) {
  if (level >= level_count_) level_count_ = level + 1;
  memcpy(blocks_[level] + used_bytes_[level], hash, HASH_BYTES);
  used_bytes_[level] += HASH_BYTES;
  if (used_bytes_[level] == FSVERITY_BLOCK_BYTES) hash_into_next(kernel, level);
}

/// Pads a block of hashes and adds its own to the level above.
void FsVerityLevels::hash_into_next(const Sha256Kernel& kernel, size_t level) {
  memset(blocks_[level] + used_bytes_[level], 0, FSVERITY_BLOCK_BYTES - used_bytes_[level]);
  used_bytes_[level] = 0;
  uint8_t hash[HASH_BYTES];
  kernel.fsverity_blocks(blocks_[level], 1, hash);
  add_hash(kernel, level + 1, hash);
}

void FsVerityLevels::finish(const Sha256Kernel& kernel, uint8_t out[HASH_BYTES]) {
  for (size_t level = 0; level + 1 < level_count_ || used_bytes_[level] > HASH_BYTES; level++) {
    if (used_bytes_[level] > 0) hash_into_next(kernel, level);
  }
  // What is left is one hash in the highest level, or nothing at all.
  memset(out, 0, HASH_BYTES);
  const size_t top = level_count_ - 1;
  memcpy(out, blocks_[top], used_bytes_[top]);
}

void FsVerityTree::begin(const Sha256Kernel& kernel) {
  kernel_ = &kernel;
  size_bytes_ = 0;
  data_bytes_ = 0;
  levels_.begin();
}

void FsVerityTree::update(const uint8_t* bytes, size_t size, const Executor* executor) {
  if (size == 0) return;
  size_bytes_ += size;
  if (data_bytes_ > 0) {
    const size_t taken = smaller(FSVERITY_BLOCK_BYTES - data_bytes_, size);
    memcpy(data_ + data_bytes_, bytes, taken);
    data_bytes_ += taken;
    bytes += taken;
    size -= taken;
    if (data_bytes_ < FSVERITY_BLOCK_BYTES) return;
    take_blocks(data_, FSVERITY_BLOCK_BYTES);
    data_bytes_ = 0;
  }
  while (size >= FSVERITY_BLOCK_BYTES) {
    const size_t taken = size >= CHUNK_BYTES && levels_.at_chunk_start() ? take_chunks(bytes, size, executor)
                                                                         : take_blocks(bytes, size);
    bytes += taken;
    size -= taken;
  }
  memcpy(data_, bytes, size);
  data_bytes_ = size;
}

/// Takes whole chunks, in parallel.
size_t FsVerityTree::take_chunks(const uint8_t* bytes, size_t size, const Executor* executor) {
  uint8_t nodes[CHUNKS_AT_ONCE][HASH_BYTES];
  const size_t count = smaller(size / CHUNK_BYTES, CHUNKS_AT_ONCE);
  fsverity_chunk_nodes(*kernel_, executor, bytes, count * CHUNK_BYTES, nodes[0]);
  for (size_t i = 0; i < count; i++) levels_.add_chunk(*kernel_, nodes[i]);
  return count * CHUNK_BYTES;
}

/// Takes whole blocks until the lowest level is full.
size_t FsVerityTree::take_blocks(const uint8_t* bytes, size_t size) {
  const size_t count = smaller(size / FSVERITY_BLOCK_BYTES, levels_.free_hashes());
  kernel_->fsverity_blocks(bytes, count, levels_.free_space());
  levels_.added(*kernel_, count);
  return count * FSVERITY_BLOCK_BYTES;
}

void FsVerityTree::finish(uint8_t out[HASH_BYTES]) {
  if (data_bytes_ > 0) {
    memset(data_ + data_bytes_, 0, FSVERITY_BLOCK_BYTES - data_bytes_);
    take_blocks(data_, FSVERITY_BLOCK_BYTES);
  }
  uint8_t root[HASH_BYTES];
  levels_.finish(*kernel_, root);
  descriptor_digest(*kernel_, size_bytes_, root, out);
}

void fsverity_chunk_nodes(const Sha256Kernel& kernel, const Executor* executor, const uint8_t* bytes,
                          size_t size, uint8_t* out) {
  run_chunk_tasks({chunk_node, &kernel}, executor, bytes, size, 0, out);
}

void fsverity_digest_from_nodes(const Sha256Kernel& kernel, const uint8_t* nodes, uint64_t count,
                                uint64_t size_bytes, uint8_t out[HASH_BYTES]) {
  FsVerityLevels levels;
  levels.begin();
  for (uint64_t i = 0; i < count; i++) levels.add_chunk(kernel, nodes + i * HASH_BYTES);
  uint8_t root[HASH_BYTES];
  levels.finish(kernel, root);
  descriptor_digest(kernel, size_bytes, root, out);
}

}  // namespace vram
