// One message of a batch on its way through SHA-256, as runs of blocks that lie one after another.
#pragma once

#include "bytes.h"
#include "kernels.h"
#include "lanes.h"
#include "sha256_batch.h"
#include "sha256_constants.h"

namespace vram::VRAM_TARGET {

/// The cursor of a stream. Blocks that lie whole in the message are hashed where they lie; the others are put
/// together in `staged`.
class Sha256Message {
 public:
  /// Blocks that come next: at least one as long as the message has not ended.
  const uint8_t* blocks;
  size_t block_count;

  /// Begins with message `number` of the batch.
  void begin(const Sha256Batch& batch, size_t number) {
    const bool sliced = batch.slices != nullptr;
    number_ = number;
    rest_ = batch.bytes + (sliced ? batch.slices[number].offset : number * batch.each_bytes);
    rest_bytes_ = sliced ? batch.slices[number].size : batch.each_bytes;
    total_bytes_ = uint64_t{batch.inner_bytes} + (batch.has_prefix ? 1 : 0) + rest_bytes_;
    is_outer_ = false;
    is_last_ = false;
    if (batch.has_prefix) {
      begin_with_prefix(batch.prefix);
    } else {
      next_run(0);
    }
  }

  /// After its blocks are taken: sets the next ones and returns true, or returns false if there are none.
  bool next() {
    if (is_last_) return false;
    next_run(0);
    return true;
  }

  /// Begins with the outer hash of an HMAC, over the inner digest.
  void begin_outer(const uint8_t* inner_digest) {
    is_outer_ = true;
    rest_ = inner_digest;
    rest_bytes_ = HASH_BYTES;
    total_bytes_ = SHA256_BLOCK_BYTES + HASH_BYTES;
    is_last_ = false;
    next_run(0);
  }

  size_t number() const { return number_; }
  bool is_outer() const { return is_outer_; }

 private:
  void begin_with_prefix(uint8_t prefix) {
    staged_[0] = prefix;
    constexpr size_t ROOM = SHA256_BLOCK_BYTES - 1;
    if (rest_bytes_ < ROOM) {
      next_run(1);
      return;
    }
    memcpy(staged_ + 1, rest_, ROOM);
    rest_ += ROOM;
    rest_bytes_ -= ROOM;
    blocks = staged_;
    block_count = 1;
  }

  /// Whole blocks of the message if there are any, else the last one or two, which end in the padding. So
  /// many bytes are staged already.
  void next_run(size_t staged_bytes) {
    if (rest_bytes_ >= SHA256_BLOCK_BYTES) {
      blocks = rest_;
      block_count = rest_bytes_ / SHA256_BLOCK_BYTES;
      rest_ += block_count * SHA256_BLOCK_BYTES;
      rest_bytes_ %= SHA256_BLOCK_BYTES;
      return;
    }
    if (rest_bytes_ > 0) memcpy(staged_ + staged_bytes, rest_, rest_bytes_);
    const size_t used = staged_bytes + rest_bytes_;
    block_count = used + 1 + 8 <= SHA256_BLOCK_BYTES ? 1 : 2;
    const size_t end = block_count * SHA256_BLOCK_BYTES;
    staged_[used] = 0x80;
    memset(staged_ + used + 1, 0, end - 8 - used - 1);
    store_big_endian_64(total_bytes_ * 8, staged_ + end - 8);
    blocks = staged_;
    is_last_ = true;
  }

  const uint8_t* rest_;
  size_t rest_bytes_;
  uint64_t total_bytes_;
  size_t number_;
  bool is_outer_;
  bool is_last_;
  uint8_t staged_[2 * SHA256_BLOCK_BYTES];
};

}  // namespace vram::VRAM_TARGET
