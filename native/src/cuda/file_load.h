#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "host_digests.h"
#include "pinned_ring.h"
#include "request_queue.h"

namespace vram::cuda {

/**
 * A file on its way to device memory. The request goes to and fro between a thread that reads the next buffer
 * and the device's thread, which copies it; meanwhile earlier buffers are copied and hashed. What the
 * device's other requests wait for is never a disk or a hash.
 */
class FileLoad {
 public:
  /// Starts to read. What was read comes back as the request in the queue.
  FileLoad(vram_request& request, PinnedRing& ring, RequestQueue& queue);
  /// Ends the reader. A request that it has at that time is in the queue afterwards.
  ~FileLoad();
  FileLoad(const FileLoad&) = delete;
  FileLoad& operator=(const FileLoad&) = delete;

  bool is_of(const vram_request& request) const { return &request == &request_; }

  /**
   * Goes on when the request came out of the queue: has what was read copied to the device, to `target` of
   * its address space, and gives the request to the reader again.
   *
   * @return whether all is done, and the request belongs to the caller
   * @throws Failure VRAM_CANCELLED, VRAM_FILE_UNREADABLE; the request belongs to the caller
   */
  bool carry_on(CUdeviceptr target);

 private:
  enum class Turn { DEVICE, READ, FINISH };

  struct PoolDeleter {
    void operator()(vram_pool* pool) const { vram_pool_destroy(pool); }
  };

  /// Ends the reader.
  void end();
  /// Gives the request to the reader.
  void give(Turn turn);
  void read_next();
  /// The reader's life.
  void run();
  void work(Turn turn);

  vram_request& request_;
  RequestQueue& queue_;
  PinnedRing::Loan buffers_;
  std::unique_ptr<vram_pool, PoolDeleter> pool_;
  HostDigests digests_;

  // Used by the one alone who has the request.
  /// The buffer that is read next, or was read last.
  std::size_t buffer_ = 0;
  std::span<std::uint8_t> room_;
  std::size_t read_bytes_ = 0;
  std::uint64_t loaded_bytes_ = 0;
  bool finished_ = false;
  std::optional<Failure> failure_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Turn turn_ = Turn::DEVICE;
  std::atomic<bool> ending_ = false;
  std::thread reader_;
};

}  // namespace vram::cuda
