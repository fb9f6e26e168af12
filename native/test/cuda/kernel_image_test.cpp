// Which of the kernels' images the driver is given: kernel_image_test STAND_IN.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "../../src/cuda/driver_api.h"
#include "check.h"
#include "stand-in/control.h"
#include "vram/device.h"

namespace {

struct StandIn {
  void* library;

  template <class Function>
  Function* find(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library, name));
  }

  std::uint64_t calls(const char* function) const {
    auto* name_of = find<decltype(stand_in_call_name)>("stand_in_call_name");
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; const char* name = name_of(i); i++) count += std::strcmp(name, function) == 0;
    return count;
  }
};

/// Opens a device with the first load failing as said; tells how many loads there were.
vram_status open_with(const StandIn& stand_in, vram_driver* driver, int result, std::uint64_t& loads) {
  stand_in.find<decltype(stand_in_restore)>("stand_in_restore")();
  if (result != vram::cuda::CUDA_SUCCESS)
    stand_in.find<decltype(stand_in_fail)>("stand_in_fail")("cuModuleLoadData", 1, result, 0);
  vram_device* device = nullptr;
  vram_device_facts facts{};
  const vram_status status = vram_device_open(driver, 0, &device, &facts, nullptr);
  if (status == VRAM_OK) vram_device_destroy(device);
  loads = stand_in.calls("cuModuleLoadData");
  CHECK(stand_in.find<decltype(stand_in_held)>("stand_in_held")("contexts") == 0);
  return status;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
#ifndef VRAM_CUDA_SASS
  std::puts("not run: the kernels were not assembled, for the toolkit is not here");
  return 77;
#endif
  const StandIn stand_in{dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL)};
  if (stand_in.library == nullptr) return 2;
  vram_driver* driver = nullptr;
  CHECK(vram_driver_open(arguments[1], &driver, nullptr) == VRAM_OK);
  std::uint64_t loads = 0;
  CHECK(open_with(stand_in, driver, vram::cuda::CUDA_SUCCESS, loads) == VRAM_OK);
  CHECK(loads == 1);
  // An architecture that nothing was assembled for, and a driver older than the toolkit.
  for (const int unfit : {vram::cuda::CUDA_ERROR_NO_BINARY_FOR_GPU, vram::cuda::CUDA_ERROR_INVALID_IMAGE}) {
    CHECK(open_with(stand_in, driver, unfit, loads) == VRAM_OK);
    CHECK(loads == 2);
  }
  // Everything else is a failure, and hidden by nothing.
  CHECK(open_with(stand_in, driver, vram::cuda::CUDA_ERROR_OUT_OF_MEMORY, loads) ==
        VRAM_DEVICE_OUT_OF_MEMORY);
  CHECK(loads == 1);
  vram_driver_close(driver);
  return vram_test::failures == 0 ? 0 : 1;
}
