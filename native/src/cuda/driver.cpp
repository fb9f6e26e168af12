#include "driver.h"

#include <dlfcn.h>

#include <cstdio>

namespace vram::cuda {

namespace {

constexpr const char* DRIVER_LIBRARY = "libcuda.so.1";
constexpr const char* NVML_LIBRARY = "libnvidia-ml.so.1";

using GetProcAddress2 = CUresult (*)(const char* name, void** function, int version, std::uint64_t flags,
                                     int* found);
/// As CUDA 11.3 introduced it.
using GetProcAddress = CUresult (*)(const char* name, void** function, int version, std::uint64_t flags);

void* load(const char* path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

}  // namespace

vram_status status_of(CUresult result) {
  switch (result) {
    case CUDA_SUCCESS:
      return VRAM_OK;
    case CUDA_ERROR_OUT_OF_MEMORY:
      return VRAM_DEVICE_OUT_OF_MEMORY;
    case CUDA_ERROR_INVALID_DEVICE:
    case CUDA_ERROR_NO_DEVICE:
      return VRAM_NO_SUCH_DEVICE;
    // The context, or the device under it, does not come back: the driver repeats these for every later call.
    case CUDA_ERROR_DEINITIALIZED:
    case CUDA_ERROR_ECC_UNCORRECTABLE:
    case CUDA_ERROR_NVLINK_UNCORRECTABLE:
    case CUDA_ERROR_CONTAINED:
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_CONTEXT_IS_DESTROYED:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CUDA_ERROR_INVALID_PC:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_TENSOR_MEMORY_LEAK:
    case CUDA_ERROR_MPS_CLIENT_TERMINATED:
    case CUDA_ERROR_EXTERNAL_DEVICE:
      return VRAM_DEVICE_LOST;
    default:
      return VRAM_DEVICE_ERROR;
  }
}

bool is_gone(CUresult result) {
  return result == CUDA_SUCCESS || status_of(result) == VRAM_DEVICE_LOST;
}

Nvml::Nvml(const char* path) {
  void* library = load(path == nullptr ? NVML_LIBRARY : path);
  if (library == nullptr) return;
  init = reinterpret_cast<decltype(init)>(dlsym(library, "nvmlInit_v2"));
  if (init == nullptr || init() != NVML_SUCCESS) return;
#define VRAM_FIND(MEMBER, NAME, PARAMETERS) \
  MEMBER = reinterpret_cast<decltype(MEMBER)>(dlsym(library, #NAME));
  VRAM_NVML_FUNCTIONS(VRAM_FIND)
#undef VRAM_FIND
}

Nvml::~Nvml() {
  if (shutdown != nullptr) shutdown();
}

Driver::Lookup::Lookup(const char* path) {
  void* library = load(path == nullptr ? DRIVER_LIBRARY : path);
  if (library == nullptr) {
    const char* text = dlerror();
    throw Failure(VRAM_NO_DRIVER, text == nullptr ? "The driver's library cannot be loaded" : text);
  }
  two = dlsym(library, "cuGetProcAddress_v2");
  one = dlsym(library, "cuGetProcAddress");
  if (two == nullptr && one == nullptr) {
    throw Failure(VRAM_DEVICE_ERROR,
                  "The NVIDIA driver is too old: it has no cuGetProcAddress (CUDA 11.3 or later)");
  }
}

void* Driver::Lookup::find(const char* name, int version) const {
  void* function = nullptr;
  CUresult result;
  if (two != nullptr) {
    int found = 0;
    result =
        reinterpret_cast<GetProcAddress2>(two)(name, &function, version, CU_GET_PROC_ADDRESS_DEFAULT, &found);
  } else {
    result = reinterpret_cast<GetProcAddress>(one)(name, &function, version, CU_GET_PROC_ADDRESS_DEFAULT);
  }
  return result == CUDA_SUCCESS ? function : nullptr;
}

Driver::Driver(const char* stand_in) : lookup_(stand_in), simulated(stand_in != nullptr), nvml(stand_in) {
  cuInit(0);
}

int Driver::device_count() const {
  int count = 0;
  cuDeviceGetCount(&count);
  return count;
}

CUdevice Driver::device(std::uint32_t index) const {
  if (index >= static_cast<std::uint32_t>(device_count())) throw Failure(VRAM_NO_SUCH_DEVICE);
  CUdevice device = 0;
  cuDeviceGet(&device, static_cast<int>(index));
  return device;
}

void Driver::fail(const char* function, CUresult result) const {
  const char* name = nullptr;
  if (cuGetErrorName.call(result, &name) != CUDA_SUCCESS || name == nullptr) name = "an unknown result";
  Failure failure(status_of(result));
  std::snprintf(failure.cause.text, sizeof failure.cause.text, "%s: %s (%d)", function, name, result);
  throw failure;
}

}  // namespace vram::cuda
