// Many messages through a few interleaved streams: a stream that ends a message takes up the next.
#pragma once

#include "sha256_message.h"

namespace vram::VRAM_TARGET {

/// `Streams` holds COUNT hashes: `set(i, hash)`, `get(i, hash)`, and `compress(blocks, count)`, which takes
/// `count` blocks into each of them.
template <class Streams>
class Sha256BatchRun {
 public:
  static void run(const Sha256Batch& batch) {
    Sha256BatchRun run(batch);
    for (size_t i = 0; i < N; i++) run.take_up_next(i);
    while (run.busy_ > 0) run.step();
    wipe(&run, sizeof run);
  }

 private:
  static constexpr size_t N = Streams::COUNT;

  explicit Sha256BatchRun(const Sha256Batch& batch) : batch_(batch) {}

  /// As many blocks as every busy stream has.
  void step() {
    size_t count = SIZE_MAX;
    const uint8_t* idle = nullptr;
    for (size_t i = 0; i < N; i++) {
      if (!is_busy_[i]) continue;
      idle = messages_[i].blocks;
      if (messages_[i].block_count < count) count = messages_[i].block_count;
    }
    const uint8_t* blocks[N];
    // A stream that has nothing left to do repeats another's work.
    for (size_t i = 0; i < N; i++) blocks[i] = is_busy_[i] ? messages_[i].blocks : idle;
    streams_.compress(blocks, count);
    for (size_t i = 0; i < N; i++) {
      if (!is_busy_[i]) continue;
      Sha256Message& message = messages_[i];
      message.blocks += count * SHA256_BLOCK_BYTES;
      message.block_count -= count;
      if (message.block_count == 0 && !message.next()) end_message(i);
    }
  }

  void end_message(size_t i) {
    uint32_t hash[8];
    streams_.get(i, hash);
    uint8_t digest[HASH_BYTES];
    store_sha256(hash, digest);
    if (batch_.outer != nullptr && !messages_[i].is_outer()) {
      streams_.set(i, batch_.outer);
      messages_[i].begin_outer(digest);
      return;
    }
    memcpy(batch_.out + messages_[i].number() * HASH_BYTES, digest, HASH_BYTES);
    busy_--;
    take_up_next(i);
  }

  void take_up_next(size_t i) {
    is_busy_[i] = taken_up_ < batch_.count;
    if (!is_busy_[i]) return;
    busy_++;
    streams_.set(i, batch_.inner);
    messages_[i].begin(batch_, taken_up_++);
  }

  const Sha256Batch& batch_;
  size_t taken_up_ = 0;
  size_t busy_ = 0;
  Streams streams_;
  Sha256Message messages_[N];
  bool is_busy_[N];
};

}  // namespace vram::VRAM_TARGET
