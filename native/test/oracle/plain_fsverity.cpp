#include <algorithm>

#include "plain.h"

namespace vram_test {

namespace {

constexpr size_t BLOCK = 4096;

/// Hashes of the zero-padded blocks of some bytes, one after another.
Bytes hashes_of_blocks(const Bytes& bytes) {
  Bytes hashes;
  for (size_t start = 0; start < bytes.size(); start += BLOCK) {
    const size_t end = std::min(start + BLOCK, bytes.size());
    Bytes block(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                bytes.begin() + static_cast<std::ptrdiff_t>(end));
    block.resize(BLOCK);
    const Bytes hash = plain_sha256(block);
    hashes.insert(hashes.end(), hash.begin(), hash.end());
  }
  return hashes;
}

}  // namespace

Bytes plain_fsverity(const Bytes& input) {
  Bytes level = hashes_of_blocks(input);
  while (level.size() > 32) level = hashes_of_blocks(level);
  level.resize(32);  // All zeros for an empty file.
  Bytes descriptor = {1, 1, 12, 0, 0, 0, 0, 0};
  for (int shift = 0; shift < 64; shift += 8) {
    descriptor.push_back(static_cast<uint8_t>(uint64_t{input.size()} >> shift));
  }
  descriptor.insert(descriptor.end(), level.begin(), level.end());
  descriptor.resize(256);
  return plain_sha256(descriptor);
}

Bytes plain_fsverity_node(const Bytes& part) {
  return hashes_of_blocks(hashes_of_blocks(part));
}

}  // namespace vram_test
