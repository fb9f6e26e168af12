// Memory that somebody else took: never written, never zeroed, never freed here.
#pragma once

#include "device_memory.h"

namespace vram::cuda {

/// Maps what another process, or this one, exported. The descriptor stays the caller's.
/// @throws Failure VRAM_NOT_ADOPTABLE
std::unique_ptr<DeviceMemory> import_memory(const Driver& driver, CUdevice device, int descriptor,
                                            std::uint64_t bytes);

/// Holds memory that other code of this process allocated, and keeps for as long.
/// @throws Failure VRAM_NOT_ADOPTABLE
std::unique_ptr<DeviceMemory> adopt_memory(const Driver& driver, CUdevice device, CUdeviceptr address,
                                           std::uint64_t bytes);

}  // namespace vram::cuda
