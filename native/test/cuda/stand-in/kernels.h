#pragma once

#include <cstddef>
#include <vector>

namespace vram::stand_in {

/// A kernel whose body runs on the host.
struct Kernel {
  const char* name;
  unsigned threads;
  std::size_t argument_bytes;
  /// Runs every block of a grid.
  void (*run)(unsigned blocks, const void* arguments);
};

/// The kernel of that name, or null.
const Kernel* find_kernel(const char* name);

}  // namespace vram::stand_in
