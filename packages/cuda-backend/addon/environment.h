#pragma once

#include <napi.h>

#include <memory>

#include "vram/digest.h"

namespace vram_addon {

/// Threads that large inputs are divided among, one for each processor: the same for every environment of the
/// process.
using SharedPool = std::shared_ptr<vram_pool>;

/// What this environment holds; made at its start, gone at its end.
struct Environment {
  /// Null before the first use, and where the system started no threads: one thread then does everything.
  SharedPool pool;

  static void begin(Napi::Env env);
};

/// The pool, started if it was not. It is joined once no environment and no work holds it any more.
SharedPool pool_of(Napi::Env env);

/// As many threads as the pool has, the calling one included.
size_t pool_threads();

}  // namespace vram_addon
