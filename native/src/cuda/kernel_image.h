#pragma once

#include "driver.h"

namespace vram::cuda {

/**
 * Loads the kernels that fit a device into the current context: those that were assembled for it, where this
 * was built with them and the driver takes them, else the PTX text, which the driver assembles.
 *
 * @param compute_capability 10 * major + minor
 * @return null below compute capability 7.5
 * @throws Failure
 */
CUmodule load_kernels(const Driver& driver, int compute_capability);

}  // namespace vram::cuda
