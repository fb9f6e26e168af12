#include "host_digests.h"

#include <algorithm>

#include "failure.h"

namespace vram::cuda {

namespace {

constexpr vram_digest_algorithm ALGORITHMS[] = {VRAM_BLAKE3, VRAM_SHA256_FSVERITY, VRAM_SHA256};

}  // namespace

HostDigests::HostDigests(std::uint32_t algorithms, vram_pool* pool) : pool_(pool) {
  try {
    for (const vram_digest_algorithm algorithm : ALGORITHMS) {
      if ((algorithms & 1u << algorithm) == 0) continue;
      Lane& lane = *lanes_.emplace_back(std::make_unique<Lane>());
      const vram_status status = vram_hasher_init(&lane.hasher, algorithm, VRAM_BEST);
      if (status != VRAM_OK) throw Failure(status);
      lane.thread = std::thread([this, &lane] { run(lane); });
    }
  } catch (...) {
    stop();
    throw;
  }
}

HostDigests::~HostDigests() {
  stop();
}

void HostDigests::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
    vram_hasher_wipe(&lane->hasher);
  }
}

void HostDigests::add(std::span<const std::uint8_t> bytes) {
  {
    const std::lock_guard lock(mutex_);
    buffers_[added_++ % MAX_PENDING] = bytes;
  }
  changed_.notify_all();
}

void HostDigests::wait_until_pending(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [&](const auto& lane) { return added_ - lane->taken <= count; });
  });
}

void HostDigests::finish(std::uint8_t* digests) {
  wait_until_pending(0);
  for (const auto& lane : lanes_) {
    if (lane->status == VRAM_OK) lane->status = vram_hasher_finish(&lane->hasher, digests);
    if (lane->status != VRAM_OK) throw Failure(lane->status);
    digests += VRAM_DIGEST_BYTES;
  }
}

void HostDigests::run(Lane& lane) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || lane.taken < added_; });
    if (stopping_) return;
    const std::span<const std::uint8_t> bytes = buffers_[lane.taken % MAX_PENDING];
    lock.unlock();
    const vram_status status = vram_hasher_update(&lane.hasher, bytes.data(), bytes.size(), pool_);
    lock.lock();
    if (lane.status == VRAM_OK) lane.status = status;
    lane.taken++;
    changed_.notify_all();
  }
}

}  // namespace vram::cuda
