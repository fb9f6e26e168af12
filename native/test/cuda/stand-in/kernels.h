#pragma once

#include <cstddef>

#include "../../../src/cuda/driver_api.h"

namespace vram::stand_in {

/// A kernel whose body runs on the host.
struct Kernel {
  const char* name;
  unsigned threads;
  std::size_t argument_bytes;
  /// Runs every block of a grid.
  cuda::CUresult (*run)(unsigned blocks, const void* arguments);
};

/// The kernel of that name, or null.
const Kernel* find_kernel(const char* name);

}  // namespace vram::stand_in
