#pragma once

#include "driver.h"

namespace vram::cuda {

/// Observes a device: the driver's facts, and NVML's, which knows devices by their uuid.
vram_device_facts observe_device(const Driver& driver, std::uint32_t index);

/// Observes memory by the attributes of its pointer. What the memory's maker knows is for the maker to add.
vram_allocation_facts observe_pointer(const Driver& driver, CUdeviceptr pointer);

}  // namespace vram::cuda
