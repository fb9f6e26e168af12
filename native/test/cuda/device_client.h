// What tests of the C interface need: requests whose end can be waited for, an open device, bytes and what
// their digest is.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <random>
#include <vector>

#include "check.h"
#include "vram/device.h"

namespace vram_test {

using Bytes = std::vector<std::uint8_t>;
using Digest = std::array<std::uint8_t, VRAM_DIGEST_BYTES>;

/// A request whose end can be waited for.
struct Waiting {
  vram_request native{};
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;

  explicit Waiting(vram_operation operation, std::uint64_t allocation = 0) {
    native.operation = operation;
    native.allocation = allocation;
    native.context = this;
    native.done = [](vram_request* request) {
      auto* waiting = static_cast<Waiting*>(request->context);
      const std::lock_guard lock(waiting->mutex);
      waiting->ended = true;
      waiting->changed.notify_all();
    };
  }

  vram_status wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return ended; });
    return native.status;
  }

  vram_status run(vram_device* device) {
    vram_device_submit(device, &native);
    return wait();
  }
};

class Opened {
 public:
  Opened(vram_driver* driver, std::uint32_t index) {
    CHECK(vram_device_open(driver, index, &device_, &facts_, nullptr) == VRAM_OK);
  }
  ~Opened() { vram_device_destroy(device_); }

  vram_device* get() const { return device_; }
  const vram_device_facts& facts() const { return facts_; }

  struct Allocated {
    /// By which requests name it.
    std::uint64_t number;
    std::uint64_t address;
  };

  Allocated allocate(std::uint64_t bytes) const {
    Waiting allocate(VRAM_ALLOCATE);
    allocate.native.length = bytes;
    CHECK(allocate.run(device_) == VRAM_OK);
    return {allocate.native.allocation, allocate.native.device_pointer};
  }

  std::uint64_t filled(const Bytes& bytes) const {
    const std::uint64_t allocation = allocate(bytes.size()).number;
    write(allocation, 0, bytes);
    return allocation;
  }

  void write(std::uint64_t allocation, std::uint64_t offset, const Bytes& bytes) const {
    Waiting write(VRAM_WRITE, allocation);
    write.native.offset = offset;
    write.native.length = bytes.size();
    write.native.source = bytes.data();
    CHECK(write.run(device_) == VRAM_OK);
  }

  Digest digest(std::uint64_t allocation, vram_digest_algorithm algorithm, std::uint64_t offset,
                std::uint64_t length, std::uint32_t flags) const {
    Digest digest;
    digest.fill(0xcc);
    Waiting request(VRAM_DIGEST, allocation);
    request.native.algorithm = algorithm;
    request.native.offset = offset;
    request.native.length = length;
    request.native.flags = flags;
    request.native.target = digest.data();
    CHECK(request.run(device_) == VRAM_OK);
    return digest;
  }

  Bytes chunks(std::uint64_t allocation, vram_digest_algorithm algorithm, std::uint64_t length,
               std::uint32_t flags) const {
    Bytes nodes((length + VRAM_CHUNK_BYTES - 1) / VRAM_CHUNK_BYTES * VRAM_DIGEST_BYTES);
    Waiting request(VRAM_CHUNK_DIGESTS, allocation);
    request.native.algorithm = algorithm;
    request.native.length = length;
    request.native.flags = flags;
    request.native.target = nodes.data();
    CHECK(request.run(device_) == VRAM_OK);
    return nodes;
  }

  vram_status run(vram_operation operation, std::uint64_t allocation = 0) const {
    return Waiting(operation, allocation).run(device_);
  }

 private:
  vram_device* device_ = nullptr;
  vram_device_facts facts_{};
};

inline Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, size - i));
  }
  return bytes;
}

/// What the hash core computes on the host, with the threads of a pool if there is one.
inline Digest expected(vram_digest_algorithm algorithm, const std::uint8_t* bytes, std::size_t size,
                       vram_pool* pool = nullptr) {
  Digest digest;
  CHECK(vram_digest(algorithm, VRAM_BEST, bytes, size, pool, digest.data()) == VRAM_OK);
  return digest;
}

constexpr vram_digest_algorithm TREES[] = {VRAM_BLAKE3, VRAM_SHA256_FSVERITY};

}  // namespace vram_test
