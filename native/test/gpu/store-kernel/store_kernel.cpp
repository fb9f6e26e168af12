#include "store_kernel.h"

extern "C" {
extern const char vram_test_store_ptx[];
}

namespace vram_test {

using namespace vram::cuda;

StoreKernel::StoreKernel(const Driver& driver, std::uint32_t index)
    : driver_(driver), context_(driver, driver.device(index)), stream_(driver, Stream::Priority::NORMAL) {
  driver.cuModuleLoadData(&module_, vram_test_store_ptx);
  driver.cuModuleGetFunction(&function_, module_, STORE_KERNEL);
}

StoreKernel::~StoreKernel() {
  if (module_ != nullptr) driver_.cuModuleUnload.call(module_);
}

CUresult StoreKernel::store(std::uint64_t address, std::uint8_t value) {
  StoreArguments arguments{address, value};
  void* parameters[] = {&arguments};
  const CUresult launched =
      driver_.cuLaunchKernel.call(function_, 1, 1, 1, 1, 1, 1, 0, stream_.get(), parameters, nullptr);
  return launched == CUDA_SUCCESS ? driver_.cuStreamSynchronize.call(stream_.get()) : launched;
}

}  // namespace vram_test
