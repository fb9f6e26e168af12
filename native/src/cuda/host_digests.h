#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "vram/digest.h"

namespace vram::cuda {

/// Digests of bytes that come in buffers: a thread for each algorithm takes the buffers in order, while the
/// caller fills others.
class HostDigests {
 public:
  /// Most buffers that are still needed at a time.
  static constexpr std::size_t MAX_PENDING = 4;

  /**
   * @param algorithms 1 << vram_digest_algorithm for each digest that is wanted
   * @param pool what large buffers are divided among; outlives this
   */
  HostDigests(std::uint32_t algorithms, vram_pool* pool);
  /// Wipes what was computed.
  ~HostDigests();
  HostDigests(const HostDigests&) = delete;
  HostDigests& operator=(const HostDigests&) = delete;

  /// Takes the next bytes, which must stay as they are while they are pending; there is room for MAX_PENDING.
  void add(std::span<const std::uint8_t> bytes);

  /// Waits until at most `count` of the buffers that were added last are still needed.
  void wait_until_pending(std::size_t count);

  /**
   * Waits for all buffers and writes the digests, VRAM_DIGEST_BYTES each, in the order of their algorithms'
   * numbers.
   *
   * @throws Failure
   */
  void finish(std::uint8_t* digests);

 private:
  struct Lane {
    vram_hasher hasher;
    vram_status status = VRAM_OK;
    /// Buffers that it is through with.
    std::size_t taken = 0;
    std::thread thread;
  };

  void run(Lane& lane);
  void stop();

  vram_pool* const pool_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::span<const std::uint8_t>, MAX_PENDING> buffers_{};
  std::size_t added_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace vram::cuda
