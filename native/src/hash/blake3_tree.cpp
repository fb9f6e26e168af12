#include "blake3_tree.h"

#include "blake3_flags.h"
#include "bytes.h"
#include "sha256_constants.h"

namespace vram {

namespace {

constexpr size_t LEAVES_PER_CHUNK = CHUNK_BYTES / BLAKE3_LEAF_BYTES;
/// Chunks whose chaining values are held at a time: enough for every thread of a pool to have several.
constexpr size_t CHUNKS_AT_ONCE = 512;

/// The parent of a left child that is given and a right one in `cv`, which it replaces.
void merge(const uint8_t left[HASH_BYTES], uint8_t cv[HASH_BYTES], bool root) {
  uint8_t block[BLAKE3_BLOCK_BYTES];
  memcpy(block, left, HASH_BYTES);
  memcpy(block + HASH_BYTES, cv, HASH_BYTES);
  uint32_t words[8];
  memcpy(words, SHA256_IV, sizeof words);
  blake3_compress(words, block, 0, BLAKE3_BLOCK_BYTES, BLAKE3_PARENT | (root ? BLAKE3_ROOT : 0));
  memcpy(cv, words, HASH_BYTES);
}

/// The chaining value of a complete subtree of `leaves`, a power of two of at most LEAVES_PER_CHUNK.
void complete_subtree(const Blake3Kernel& kernel, const uint8_t* bytes, size_t leaves, uint64_t first_leaf,
                      uint8_t out[HASH_BYTES]) {
  uint8_t cvs[LEAVES_PER_CHUNK * HASH_BYTES];
  kernel.leaves(bytes, leaves, first_leaf, cvs);
  for (size_t nodes = leaves / 2; nodes > 0; nodes /= 2) kernel.parents(cvs, nodes, cvs);
  memcpy(out, cvs, HASH_BYTES);
}

void chunk_node(const void* kernel, const uint8_t* bytes, size_t size, uint64_t number, uint8_t* out) {
  const Blake3Kernel& blake3 = *static_cast<const Blake3Kernel*>(kernel);
  const uint64_t first_leaf = number * LEAVES_PER_CHUNK;
  if (size == CHUNK_BYTES) {
    complete_subtree(blake3, bytes, LEAVES_PER_CHUNK, first_leaf, out);
    return;
  }
  Blake3Tree tree;
  tree.begin(blake3, first_leaf);
  tree.update(bytes, size, nullptr);
  tree.finish(out, false);
  wipe(&tree, sizeof tree);
}

}  // namespace

void Blake3Stack::push(const uint8_t cv[HASH_BYTES], uint64_t units) {
  uint8_t* top = cvs_[depth_];
  memcpy(top, cv, HASH_BYTES);
  count_ += units;
  for (uint64_t subtrees = count_ / units; subtrees % 2 == 0; subtrees /= 2) {
    depth_--;
    merge(cvs_[depth_], top, false);
    memcpy(cvs_[depth_], top, HASH_BYTES);
    top = cvs_[depth_];
  }
  depth_++;
}

void Blake3Stack::finish(uint8_t last[HASH_BYTES], bool root) const {
  for (size_t i = depth_; i > 0; i--) merge(cvs_[i - 1], last, root && i == 1);
}

void Blake3Tree::begin(const Blake3Kernel& kernel, uint64_t first_leaf) {
  kernel_ = &kernel;
  first_leaf_ = first_leaf;
  stack_.begin();
  leaf_bytes_ = 0;
}

void Blake3Tree::update(const uint8_t* bytes, size_t size, const Executor* executor) {
  if (size == 0) return;
  if (leaf_bytes_ > 0) {
    const size_t taken = smaller(BLAKE3_LEAF_BYTES - leaf_bytes_, size);
    memcpy(leaf_ + leaf_bytes_, bytes, taken);
    leaf_bytes_ += taken;
    bytes += taken;
    size -= taken;
    if (size == 0) return;
    uint8_t cv[HASH_BYTES];
    last_leaf(cv, false);
    stack_.push(cv, 1);
    leaf_bytes_ = 0;
  }
  while (size > BLAKE3_LEAF_BYTES) {
    const size_t taken = size > CHUNK_BYTES && stack_.count() % LEAVES_PER_CHUNK == 0
                             ? take_chunks(bytes, size, executor)
                             : take_subtree(bytes, size);
    bytes += taken;
    size -= taken;
  }
  memcpy(leaf_, bytes, size);
  leaf_bytes_ = size;
}

/// Takes whole chunks, in parallel; at least one byte is left over.
size_t Blake3Tree::take_chunks(const uint8_t* bytes, size_t size, const Executor* executor) {
  uint8_t nodes[CHUNKS_AT_ONCE][HASH_BYTES];
  const size_t count = smaller((size - 1) / CHUNK_BYTES, CHUNKS_AT_ONCE);
  const uint64_t first_chunk = (first_leaf_ + stack_.count()) / LEAVES_PER_CHUNK;
  blake3_chunk_nodes(*kernel_, executor, bytes, count * CHUNK_BYTES, first_chunk, nodes[0]);
  for (size_t i = 0; i < count; i++) stack_.push(nodes[i], LEAVES_PER_CHUNK);
  return count * CHUNK_BYTES;
}

/// Takes the largest complete subtree of at most a chunk that starts here; at least one byte is left over.
size_t Blake3Tree::take_subtree(const uint8_t* bytes, size_t size) {
  size_t leaves = 1;
  while (leaves < LEAVES_PER_CHUNK && stack_.count() % (2 * leaves) == 0 &&
         2 * leaves * BLAKE3_LEAF_BYTES < size) {
    leaves *= 2;
  }
  uint8_t cv[HASH_BYTES];
  complete_subtree(*kernel_, bytes, leaves, first_leaf_ + stack_.count(), cv);
  stack_.push(cv, leaves);
  return leaves * BLAKE3_LEAF_BYTES;
}

void Blake3Tree::last_leaf(uint8_t out[HASH_BYTES], bool root) const {
  const uint64_t number = first_leaf_ + stack_.count();
  uint32_t cv[8];
  memcpy(cv, SHA256_IV, sizeof cv);
  uint32_t flags = BLAKE3_LEAF_START;
  size_t done = 0;
  for (; leaf_bytes_ - done > BLAKE3_BLOCK_BYTES; done += BLAKE3_BLOCK_BYTES) {
    blake3_compress(cv, leaf_ + done, number, BLAKE3_BLOCK_BYTES, flags);
    flags = 0;
  }
  uint8_t block[BLAKE3_BLOCK_BYTES] = {};
  const size_t rest = leaf_bytes_ - done;
  memcpy(block, leaf_ + done, rest);
  flags |= BLAKE3_LEAF_END | (root ? BLAKE3_ROOT : 0);
  blake3_compress(cv, block, number, static_cast<uint32_t>(rest), flags);
  wipe(block, sizeof block);
  memcpy(out, cv, HASH_BYTES);
}

void Blake3Tree::finish(uint8_t out[HASH_BYTES], bool root) {
  last_leaf(out, root && stack_.is_empty());
  stack_.finish(out, root);
}

void blake3_chunk_nodes(const Blake3Kernel& kernel, const Executor* executor, const uint8_t* bytes,
                        size_t size, uint64_t first_chunk, uint8_t* out) {
  run_chunk_tasks({chunk_node, &kernel}, executor, bytes, size, first_chunk, out);
}

void blake3_root_from_nodes(const uint8_t* nodes, uint64_t count, uint8_t out[HASH_BYTES]) {
  // A chunk is a complete subtree but for the last, so the tree above them has the same shape as one over
  // leaves.
  Blake3Stack stack;
  stack.begin();
  for (uint64_t i = 0; i + 1 < count; i++) stack.push(nodes + i * HASH_BYTES, 1);
  memcpy(out, nodes + (count - 1) * HASH_BYTES, HASH_BYTES);
  stack.finish(out, true);
}

}  // namespace vram
