// Inputs of the tests.
#pragma once

#include "check.h"

namespace vram_test {

/// The vectors' input: byte i is i mod 251.
Bytes pattern(size_t size);

std::string to_hex(const Bytes& bytes);

/// Numbers that look random and are the same in every run (SplitMix64).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  /// A number from 0 to `limit` - 1.
  size_t below(size_t limit) { return static_cast<size_t>(next() % limit); }
  Bytes bytes(size_t size);

 private:
  uint64_t state_;
};

}  // namespace vram_test
