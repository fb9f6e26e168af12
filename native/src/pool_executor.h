// A pool, or none, as where tasks run.
#pragma once

#include "hash/executor.h"
#include "vram/digest.h"

#if !defined(__wasm__)
#include "cpu/pool.h"
#endif

namespace vram {

class PoolExecutor {
 public:
#if defined(__wasm__)
  explicit PoolExecutor(vram_pool*) {}
  const Executor* get() const {
    return nullptr;
  }
#else
  explicit PoolExecutor(vram_pool* pool)
      : executor_(pool == nullptr ? Executor{nullptr, nullptr} : pool->executor()) {}
  const Executor* get() const {
    return executor_.run == nullptr ? nullptr : &executor_;
  }

 private:
  Executor executor_;
#endif
};

}  // namespace vram
