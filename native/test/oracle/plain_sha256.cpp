#include <bit>

#include "plain.h"

namespace vram_test {

namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, computed as the
// standard defines them.
std::vector<uint32_t> round_constants() {
  std::vector<uint32_t> constants;
  for (uint64_t candidate = 2; constants.size() < 64; candidate++) {
    bool prime = true;
    for (uint64_t divisor = 2; divisor * divisor <= candidate; divisor++) prime &= candidate % divisor != 0;
    if (!prime) continue;
    // The largest root with root^3 <= candidate * 2^96 has the integer part above its lowest 32 bits.
    uint64_t root = 0;
    for (int bit = 34; bit >= 0; bit--) {
      const unsigned __int128 larger = root | uint64_t{1} << bit;
      if (larger * larger * larger <= static_cast<unsigned __int128>(candidate) << 96) {
        root = static_cast<uint64_t>(larger);
      }
    }
    constants.push_back(static_cast<uint32_t>(root));
  }
  return constants;
}

}  // namespace

Bytes plain_sha256(const Bytes& message) {
  static const std::vector<uint32_t> K = round_constants();
  uint32_t hash[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  Bytes padded = message;
  padded.push_back(0x80);
  while (padded.size() % 64 != 56) padded.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8) {
    padded.push_back(static_cast<uint8_t>(uint64_t{message.size()} * 8 >> shift));
  }
  for (size_t block = 0; block < padded.size(); block += 64) {
    uint32_t w[64];
    for (size_t t = 0; t < 16; t++) {
      w[t] = 0;
      for (size_t i = 0; i < 4; i++) w[t] = w[t] << 8 | padded[block + 4 * t + i];
    }
    for (size_t t = 16; t < 64; t++) {
      const uint32_t x = w[t - 15], y = w[t - 2];
      w[t] = w[t - 16] + (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) + w[t - 7] +
             (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10));
    }
    uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
    uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (size_t t = 0; t < 64; t++) {
      const uint32_t t1 =
          h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + w[t];
      const uint32_t t2 =
          (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    const uint32_t added[8] = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; i++) hash[i] += added[i];
  }
  Bytes digest;
  for (const uint32_t word : hash) {
    for (int shift = 24; shift >= 0; shift -= 8) digest.push_back(static_cast<uint8_t>(word >> shift));
  }
  return digest;
}

Bytes plain_hmac_sha256(const Bytes& key, const Bytes& message) {
  Bytes block = key.size() > 64 ? plain_sha256(key) : key;
  block.resize(64);
  Bytes inner, outer;
  for (const uint8_t byte : block) {
    inner.push_back(byte ^ 0x36);
    outer.push_back(byte ^ 0x5c);
  }
  inner.insert(inner.end(), message.begin(), message.end());
  const Bytes digest = plain_sha256(inner);
  outer.insert(outer.end(), digest.begin(), digest.end());
  return plain_sha256(outer);
}

}  // namespace vram_test
