#include "kernel_image.h"

extern "C" {
extern const char vram_cuda_ptx_75[];
extern const char vram_cuda_ptx_80[];
extern const char vram_cuda_ptx_90[];
#ifdef VRAM_CUDA_SASS
extern const char vram_cuda_sass[];
#endif
}

namespace vram::cuda {

namespace {

/// The newest text for a device of that compute capability.
const char* text_for(int compute_capability) {
  if (compute_capability >= 90) return vram_cuda_ptx_90;
  if (compute_capability >= 80) return vram_cuda_ptx_80;
  if (compute_capability >= 75) return vram_cuda_ptx_75;
  return nullptr;
}

#ifdef VRAM_CUDA_SASS
/// Whether an image holds nothing for this device, or was assembled by a toolkit that this driver is too old
/// for. The text serves both.
bool is_unfit(CUresult result) {
  return result == CUDA_ERROR_NO_BINARY_FOR_GPU || result == CUDA_ERROR_INVALID_IMAGE ||
         result == CUDA_ERROR_INVALID_SOURCE || result == CUDA_ERROR_UNSUPPORTED_PTX_VERSION ||
         result == CUDA_ERROR_NOT_SUPPORTED;
}
#endif

}  // namespace

CUmodule load_kernels(const Driver& driver, int compute_capability) {
  const char* text = text_for(compute_capability);
  if (text == nullptr) return nullptr;
  CUmodule module = nullptr;
#ifdef VRAM_CUDA_SASS
  const CUresult result = driver.cuModuleLoadData.call(&module, vram_cuda_sass);
  if (result == CUDA_SUCCESS) return module;
  if (!is_unfit(result)) driver.cuModuleLoadData.fail(result);
#endif
  driver.cuModuleLoadData(&module, text);
  return module;
}

}  // namespace vram::cuda
