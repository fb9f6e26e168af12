#include "request_queue.h"

namespace vram::cuda {

void RequestQueue::push(vram_request& request) {
  {
    const std::lock_guard lock(mutex_);
    request.next = nullptr;
    if (last_ == nullptr) {
      first_ = &request;
    } else {
      last_->next = &request;
    }
    last_ = &request;
  }
  changed_.notify_one();
}

void RequestQueue::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
}

vram_request* RequestQueue::pop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return first_ != nullptr || ended_; });
  return take();
}

vram_request* RequestQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return first_ != nullptr || ended_; });
  return take();
}

vram_request* RequestQueue::take() {
  vram_request* request = first_;
  if (request == nullptr) return nullptr;
  first_ = request->next;
  if (first_ == nullptr) last_ = nullptr;
  return request;
}

}  // namespace vram::cuda
