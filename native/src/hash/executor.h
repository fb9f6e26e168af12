// Where tasks run: the trees do not know threads.
#pragma once

#include <cstddef>

namespace vram {

/// Runs `task(context, index)` for each index below `count`, in any order, perhaps at the same time, and
/// returns when all are done.
struct Executor {
  void* self;
  void (*run)(void* self, size_t count, void (*task)(void* context, size_t index), void* context);
};

/// A null executor runs them one after another.
inline void run_tasks(const Executor* executor, size_t count, void (*task)(void*, size_t), void* context) {
  if (executor != nullptr && count > 1) {
    executor->run(executor->self, count, task, context);
  } else {
    for (size_t i = 0; i < count; i++) task(context, i);
  }
}

}  // namespace vram
