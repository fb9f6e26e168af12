#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "vram/device.h"

namespace vram::cuda {

/// Requests in the order in which they came, linked through the requests themselves.
class RequestQueue {
 public:
  void push(vram_request& request);

  /// Says that nothing more comes.
  void end();

  /// The next request; null if none comes in time, or ever.
  vram_request* pop(std::chrono::milliseconds patience);

  /// Waits as long as it takes. Null once the end is reached.
  vram_request* pop();

  /// The next request if it is there and `accepts` takes it, else null.
  template <class Accepts>
  vram_request* pop_if(Accepts accepts) {
    const std::lock_guard lock(mutex_);
    return first_ != nullptr && accepts(*first_) ? take() : nullptr;
  }

 private:
  vram_request* take();

  std::mutex mutex_;
  std::condition_variable changed_;
  vram_request* first_ = nullptr;
  vram_request* last_ = nullptr;
  bool ended_ = false;
};

}  // namespace vram::cuda
