// The kernels, by the names under which the host asks for them. Compiled to the texts in ptx/ by
// tools/make_ptx.sh.
#include "blake3.h"
#include "fsverity.h"

namespace vram::cuda_kernels {

template <class Body>
__device__ __forceinline__ void run(const typename Body::Arguments& arguments) {
  __shared__ typename Body::Shared shared;
#pragma unroll 1
  for (unsigned phase = 0; phase < Body::PHASES; phase++) {
    Body::phase(phase, blockIdx.x, threadIdx.x, arguments, shared);
    __syncthreads();
  }
}

}  // namespace vram::cuda_kernels

/// Eight blocks of 128 threads on a multiprocessor leave 64 registers to a thread.
#define VRAM_KERNEL(NAME, BODY)                                                      \
  extern "C" __global__ void __launch_bounds__(vram::cuda_kernels::BODY::THREADS, 8) \
      NAME(const __grid_constant__ vram::cuda_kernels::BODY::Arguments arguments) {  \
    vram::cuda_kernels::run<vram::cuda_kernels::BODY>(arguments);                    \
  }

VRAM_KERNEL(vram_blake3_chunks, Blake3Chunks)
VRAM_KERNEL(vram_blake3_merge, Blake3Merge)
VRAM_KERNEL(vram_fsverity_chunks, FsVerityChunks)
VRAM_KERNEL(vram_fsverity_merge, FsVerityMerge)
VRAM_KERNEL(vram_fsverity_finish, FsVerityFinish)
