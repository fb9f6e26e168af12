// The kernels' bodies, compiled for the host from the source that the device's are compiled from.
#include "kernels.h"

#include <cstring>

#include "../../../bench/gpu/stream_arguments.h"
#include "../../../src/cuda/kernels/blake3.h"
#include "../../../src/cuda/kernels/fsverity.h"
#include "../../gpu/store-kernel/store_arguments.h"
#include "machine.h"

namespace vram::stand_in {

namespace {

template <class Body>
CUresult run(unsigned blocks, const void* arguments) {
  typename Body::Arguments copy;
  std::memcpy(&copy, arguments, sizeof copy);
  typename Body::Shared shared;
  for (unsigned block = 0; block < blocks; block++) {
    // Shared memory holds whatever another block left.
    std::memset(static_cast<void*>(&shared), 0xa5, sizeof shared);
    for (unsigned phase = 0; phase < Body::PHASES; phase++) {
      for (unsigned thread = 0; thread < Body::THREADS; thread++)
        Body::phase(phase, block, thread, copy, shared);
    }
  }
  return CUDA_SUCCESS;
}

template <class Body>
constexpr Kernel kernel(const char* name) {
  return {name, Body::THREADS, sizeof(typename Body::Arguments), run<Body>};
}

/// The kernel of tests that stores a byte. The machine is locked while work is done.
CUresult store(unsigned, const void* arguments) {
  vram_test::StoreArguments copy;
  std::memcpy(&copy, arguments, sizeof copy);
  if (!Machine::get().accessible(copy.address, 1, CU_MEM_ACCESS_FLAGS_PROT_READWRITE))
    return CUDA_ERROR_ILLEGAL_ADDRESS;
  *reinterpret_cast<unsigned char*>(copy.address) = static_cast<unsigned char>(copy.value);
  return CUDA_SUCCESS;
}

/// The kernel of benchmarks that reads memory; it reads all of it, and computes nothing.
CUresult stream(unsigned, const void* arguments) {
  vram_bench::StreamArguments copy;
  std::memcpy(&copy, arguments, sizeof copy);
  constexpr std::uint64_t QUAD_BYTES = 16;
  if (!Machine::get().accessible(copy.address, copy.quads * QUAD_BYTES, CU_MEM_ACCESS_FLAGS_PROT_READ))
    return CUDA_ERROR_ILLEGAL_ADDRESS;
  const auto* words = reinterpret_cast<const volatile std::uint64_t*>(copy.address);
  for (std::uint64_t i = 0; i < copy.quads * 2; i++) (void)words[i];
  return CUDA_SUCCESS;
}

constexpr Kernel KERNELS[] = {
    kernel<cuda_kernels::Blake3Chunks>("vram_blake3_chunks"),
    kernel<cuda_kernels::Blake3Merge>("vram_blake3_merge"),
    kernel<cuda_kernels::FsVerityChunks>("vram_fsverity_chunks"),
    kernel<cuda_kernels::FsVerityMerge>("vram_fsverity_merge"),
    kernel<cuda_kernels::FsVerityFinish>("vram_fsverity_finish"),
    {vram_test::STORE_KERNEL, 1, sizeof(vram_test::StoreArguments), store},
    {vram_bench::STREAM_KERNEL, vram_bench::STREAM_THREADS, sizeof(vram_bench::StreamArguments), stream},
};

}  // namespace

const Kernel* find_kernel(const char* name) {
  for (const Kernel& kernel : KERNELS) {
    if (std::strcmp(kernel.name, name) == 0) return &kernel;
  }
  return nullptr;
}

}  // namespace vram::stand_in
