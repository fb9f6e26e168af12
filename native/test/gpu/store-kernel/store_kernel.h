#pragma once

#include "../../../src/cuda/session.h"
#include "store_arguments.h"

namespace vram_test {

/// Writes device memory as other native code of the process could: by a kernel of its own in the device's
/// primary context. Belongs to the thread that made it.
class StoreKernel {
 public:
  /// @throws Failure where the driver refuses
  StoreKernel(const vram::cuda::Driver& driver, std::uint32_t index);
  ~StoreKernel();
  StoreKernel(const StoreKernel&) = delete;
  StoreKernel& operator=(const StoreKernel&) = delete;

  /// Stores a byte and waits; what the driver says of it. A refused store loses the context.
  vram::cuda::CUresult store(std::uint64_t address, std::uint8_t value);

 private:
  const vram::cuda::Driver& driver_;
  vram::cuda::PrimaryContext context_;
  vram::cuda::Stream stream_;
  vram::cuda::CUmodule module_ = nullptr;
  vram::cuda::CUfunction function_ = nullptr;
};

}  // namespace vram_test
