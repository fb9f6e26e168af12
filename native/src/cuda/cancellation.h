#pragma once

#include "failure.h"

namespace vram::cuda {

/// @throws Failure VRAM_CANCELLED
inline void throw_if_cancelled(const std::uint32_t& cancelled) {
  if (__atomic_load_n(&cancelled, __ATOMIC_RELAXED) != 0) throw Failure(VRAM_CANCELLED);
}

}  // namespace vram::cuda
