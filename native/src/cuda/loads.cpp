#include "loads.h"

#include "cancellation.h"

namespace vram::cuda {

bool Loads::carry_on(vram_request& request, CUdeviceptr target) {
  throw_if_cancelled(request.cancelled);
  if (active_ == nullptr) {
    active_ = std::make_unique<FileLoad>(request, ring_, queue_);
    return false;
  }
  if (!active_->is_of(request)) {
    waiting_.push_back(&request);
    return false;
  }
  // Those that were cancelled need not wait to be told so.
  put_back_if(
      [](const vram_request& waiting) { return __atomic_load_n(&waiting.cancelled, __ATOMIC_RELAXED) != 0; });
  return active_->carry_on(target);
}

void Loads::end(const vram_request& request) {
  if (active_ == nullptr || !active_->is_of(request)) return;
  active_.reset();
  put_back_if([](const vram_request&) { return true; });
}

void Loads::stop() {
  active_.reset();
  put_back_if([](const vram_request&) { return true; });
}

template <class Condition>
void Loads::put_back_if(Condition condition) {
  std::erase_if(waiting_, [&](vram_request* request) {
    const bool due = condition(*request);
    if (due) queue_.push(*request);
    return due;
  });
}

}  // namespace vram::cuda
