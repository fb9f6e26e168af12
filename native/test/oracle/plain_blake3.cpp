#include <algorithm>
#include <array>
#include <bit>

#include "plain.h"

namespace vram_test {

namespace {

using Words8 = std::array<uint32_t, 8>;
using Words16 = std::array<uint32_t, 16>;

constexpr Words8 IV = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr uint32_t CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8;

void mix(Words16& v, size_t a, size_t b, size_t c, size_t d, uint32_t x, uint32_t y) {
  v[a] = v[a] + v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] = v[c] + v[d];
  v[b] = std::rotr(v[b] ^ v[c], 12);
  v[a] = v[a] + v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], 8);
  v[c] = v[c] + v[d];
  v[b] = std::rotr(v[b] ^ v[c], 7);
}

Words8 compress(const Words8& h, Words16 m, uint64_t t, uint32_t b, uint32_t d) {
  Words16 v;
  std::copy(h.begin(), h.end(), v.begin());
  std::copy(IV.begin(), IV.begin() + 4, v.begin() + 8);
  v[12] = static_cast<uint32_t>(t);
  v[13] = static_cast<uint32_t>(t >> 32);
  v[14] = b;
  v[15] = d;
  for (int round = 0; round < 7; round++) {
    for (size_t i = 0; i < 4; i++) mix(v, i, i + 4, i + 8, i + 12, m[2 * i], m[2 * i + 1]);
    for (size_t i = 0; i < 4; i++) {
      mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[2 * i + 8], m[2 * i + 9]);
    }
    const Words16 previous = m;
    constexpr size_t PERMUTATION[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    for (size_t i = 0; i < 16; i++) m[i] = previous[PERMUTATION[i]];
  }
  Words8 result;
  for (size_t i = 0; i < 8; i++) result[i] = v[i] ^ v[i + 8];
  return result;
}

Words8 chunk(const Bytes& bytes, uint64_t number, uint32_t root) {
  const size_t blocks = std::max<size_t>(1, (bytes.size() + 63) / 64);
  Words8 cv = IV;
  for (size_t i = 0; i < blocks; i++) {
    const size_t size = std::min<size_t>(64, bytes.size() - 64 * i);
    Words16 message = {};
    for (size_t j = 0; j < size; j++) message[j / 4] |= uint32_t{bytes[64 * i + j]} << (8 * (j % 4));
    uint32_t flags = i == 0 ? CHUNK_START : 0;
    if (i == blocks - 1) flags |= CHUNK_END | root;
    cv = compress(cv, message, number, static_cast<uint32_t>(size), flags);
  }
  return cv;
}

Words8 subtree(const Bytes& bytes, uint64_t first_chunk, uint32_t root) {
  if (bytes.size() <= 1024) return chunk(bytes, first_chunk, root);
  // The left subtree has the largest power of two of chunks that leaves at least one byte to the right.
  const size_t left_chunks = std::bit_floor((bytes.size() - 1) / 1024);
  const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(left_chunks * 1024);
  const Words8 left = subtree(Bytes(bytes.begin(), middle), first_chunk, 0);
  const Words8 right = subtree(Bytes(middle, bytes.end()), first_chunk + left_chunks, 0);
  Words16 message;
  std::copy(left.begin(), left.end(), message.begin());
  std::copy(right.begin(), right.end(), message.begin() + 8);
  return compress(IV, message, 0, 64, PARENT | root);
}

Bytes to_bytes(const Words8& words) {
  Bytes bytes;
  for (const uint32_t word : words) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(word >> shift));
  }
  return bytes;
}

}  // namespace

Bytes plain_blake3(const Bytes& input) {
  return to_bytes(subtree(input, 0, ROOT));
}

Bytes plain_blake3_node(const Bytes& part, uint64_t first_leaf) {
  return to_bytes(subtree(part, first_leaf, 0));
}

}  // namespace vram_test
