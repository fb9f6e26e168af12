// The digests that every implementation of the project must give.
#pragma once

#include "check.h"

namespace vram_test {

struct DigestVector {
  size_t length;
  /// In the order of vram_digest_algorithm, as hex.
  std::string digests[3];
};

/// All of them; none if the file cannot be read, which is a failure of whoever asks.
std::vector<DigestVector> digest_vectors();

}  // namespace vram_test
