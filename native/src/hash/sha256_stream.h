// Plain SHA-256 over bytes that come in pieces (FIPS 180-4).
#pragma once

#include "kernels.h"

namespace vram {

/// Trivial, so that a hasher may be copied and wiped as bytes.
class Sha256Stream {
 public:
  void begin(const Sha256Kernel& kernel);
  void update(const uint8_t* bytes, size_t size);
  void finish(uint8_t out[HASH_BYTES]);
  /// The hash after some whole blocks.
  const uint32_t* hash() const { return hash_; }

 private:
  const Sha256Kernel* kernel_;
  uint64_t size_bytes_;
  uint32_t hash_[8];
  uint8_t block_[SHA256_BLOCK_BYTES];
};

}  // namespace vram
