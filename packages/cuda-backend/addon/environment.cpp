#include "environment.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace vram_addon {

namespace {

SharedPool process_pool() {
  // Never destroyed: an environment may end after the destructors of this library have run.
  static auto* lock = new std::mutex;
  static auto* known = new std::weak_ptr<vram_pool>;
  const std::lock_guard guard(*lock);
  SharedPool pool = known->lock();
  if (pool != nullptr) return pool;
  vram_pool* started = nullptr;
  if (vram_pool_create(pool_threads(), &started) != VRAM_OK) return nullptr;
  pool = SharedPool(started, vram_pool_destroy);
  *known = pool;
  return pool;
}

}  // namespace

void Environment::begin(Napi::Env env) {
  env.SetInstanceData(new Environment);
}

SharedPool pool_of(Napi::Env env) {
  auto* environment = env.GetInstanceData<Environment>();
  if (environment->pool == nullptr) environment->pool = process_pool();
  return environment->pool;
}

size_t pool_threads() {
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, VRAM_MAX_THREADS);
}

}  // namespace vram_addon
