// Compares the own declarations of the driver's interface with cuda.h and cudaTypedefs.h, where the toolkit
// is present.
#include "../../src/cuda/driver_api.h"

#if __has_include(<cudaTypedefs.h>)

#include <cudaTypedefs.h>

#include <cstddef>
#include <type_traits>

namespace vram::cuda::declared {
#define DECLARE(NAME, VERSION, PARAMETERS) using NAME##_t = CUresult PARAMETERS;
VRAM_CUDA_DRIVER_FUNCTIONS(DECLARE)
#undef DECLARE
}  // namespace vram::cuda::declared

namespace {

namespace own = vram::cuda;

/// What a caller passes in a parameter of a type: whether it is an address, and how many bytes it has. An
/// enumeration is passed as its integer, and a pointer as a pointer to anything.
template <class T>
struct Passed {
  static constexpr bool IS_POINTER = std::is_pointer_v<T>;
  static constexpr std::size_t BYTES = sizeof(T);
};

template <class Ours, class Theirs>
constexpr bool passed_alike =
    Passed<Ours>::IS_POINTER == Passed<Theirs>::IS_POINTER&& Passed<Ours>::BYTES == Passed<Theirs>::BYTES;

template <class Ours, class Theirs>
struct Alike : std::false_type {};

template <class... Ours, class... Theirs>
requires(sizeof...(Ours) == sizeof...(Theirs)) struct Alike<own::CUresult(Ours...), CUresult(Theirs...)>
    : std::bool_constant<(passed_alike<Ours, Theirs> && ...)> {
};

// The typedef of the version that is asked for must exist and have the same parameters.
#define COMPARE(NAME, VERSION, PARAMETERS)                                                             \
  static_assert(Alike<own::declared::NAME##_t, std::remove_pointer_t<PFN_##NAME##_v##VERSION>>::value, \
                #NAME " of version " #VERSION " is declared otherwise");
VRAM_CUDA_DRIVER_FUNCTIONS(COMPARE)
#undef COMPARE

#define SAME_VALUE(NAME) static_assert(static_cast<long>(own::NAME) == static_cast<long>(::NAME), #NAME)
SAME_VALUE(CUDA_SUCCESS);
SAME_VALUE(CUDA_ERROR_INVALID_VALUE);
SAME_VALUE(CUDA_ERROR_OUT_OF_MEMORY);
SAME_VALUE(CUDA_ERROR_NOT_INITIALIZED);
SAME_VALUE(CUDA_ERROR_DEINITIALIZED);
SAME_VALUE(CUDA_ERROR_STUB_LIBRARY);
SAME_VALUE(CUDA_ERROR_DEVICE_UNAVAILABLE);
SAME_VALUE(CUDA_ERROR_NO_DEVICE);
SAME_VALUE(CUDA_ERROR_INVALID_DEVICE);
SAME_VALUE(CUDA_ERROR_INVALID_CONTEXT);
SAME_VALUE(CUDA_ERROR_NO_BINARY_FOR_GPU);
SAME_VALUE(CUDA_ERROR_ECC_UNCORRECTABLE);
SAME_VALUE(CUDA_ERROR_NVLINK_UNCORRECTABLE);
SAME_VALUE(CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
SAME_VALUE(CUDA_ERROR_CONTAINED);
SAME_VALUE(CUDA_ERROR_INVALID_HANDLE);
SAME_VALUE(CUDA_ERROR_NOT_FOUND);
SAME_VALUE(CUDA_ERROR_NOT_READY);
SAME_VALUE(CUDA_ERROR_ILLEGAL_ADDRESS);
SAME_VALUE(CUDA_ERROR_LAUNCH_TIMEOUT);
SAME_VALUE(CUDA_ERROR_CONTEXT_IS_DESTROYED);
SAME_VALUE(CUDA_ERROR_ASSERT);
SAME_VALUE(CUDA_ERROR_HARDWARE_STACK_ERROR);
SAME_VALUE(CUDA_ERROR_ILLEGAL_INSTRUCTION);
SAME_VALUE(CUDA_ERROR_MISALIGNED_ADDRESS);
SAME_VALUE(CUDA_ERROR_INVALID_ADDRESS_SPACE);
SAME_VALUE(CUDA_ERROR_INVALID_PC);
SAME_VALUE(CUDA_ERROR_LAUNCH_FAILED);
SAME_VALUE(CUDA_ERROR_TENSOR_MEMORY_LEAK);
SAME_VALUE(CUDA_ERROR_NOT_PERMITTED);
SAME_VALUE(CUDA_ERROR_NOT_SUPPORTED);
SAME_VALUE(CUDA_ERROR_MPS_CLIENT_TERMINATED);
SAME_VALUE(CUDA_ERROR_EXTERNAL_DEVICE);
SAME_VALUE(CUDA_ERROR_UNKNOWN);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_INTEGRATED);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_ECC_ENABLED);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED);
SAME_VALUE(CU_DEVICE_ATTRIBUTE_MPS_ENABLED);
SAME_VALUE(CU_POINTER_ATTRIBUTE_MEMORY_TYPE);
SAME_VALUE(CU_POINTER_ATTRIBUTE_IS_MANAGED);
SAME_VALUE(CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL);
SAME_VALUE(CU_POINTER_ATTRIBUTE_MAPPED);
SAME_VALUE(CU_POINTER_ATTRIBUTE_ACCESS_FLAGS);
SAME_VALUE(CU_MEMORYTYPE_HOST);
SAME_VALUE(CU_MEMORYTYPE_DEVICE);
SAME_VALUE(CU_MEMORYTYPE_UNIFIED);
SAME_VALUE(CU_MEM_ALLOCATION_TYPE_PINNED);
SAME_VALUE(CU_MEM_HANDLE_TYPE_NONE);
SAME_VALUE(CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
SAME_VALUE(CU_MEM_LOCATION_TYPE_DEVICE);
SAME_VALUE(CU_MEM_ACCESS_FLAGS_PROT_NONE);
SAME_VALUE(CU_MEM_ACCESS_FLAGS_PROT_READ);
SAME_VALUE(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
SAME_VALUE(CU_MEM_ALLOC_GRANULARITY_MINIMUM);
SAME_VALUE(CU_STREAM_NON_BLOCKING);
SAME_VALUE(CU_EVENT_DISABLE_TIMING);
SAME_VALUE(CU_GET_PROC_ADDRESS_DEFAULT);

#define SAME_PLACE(TYPE, MEMBER) \
  static_assert(offsetof(own::TYPE, MEMBER) == offsetof(::TYPE, MEMBER), #TYPE "." #MEMBER)
#define SAME_SIZE(TYPE) static_assert(sizeof(own::TYPE) == sizeof(::TYPE), #TYPE)
SAME_SIZE(CUresult);
SAME_SIZE(CUdevice);
SAME_SIZE(CUdeviceptr);
SAME_SIZE(CUmemGenericAllocationHandle);
SAME_SIZE(CUuuid);
SAME_SIZE(CUmemLocation);
SAME_PLACE(CUmemLocation, type);
SAME_PLACE(CUmemLocation, id);
SAME_SIZE(CUmemAllocationProp);
SAME_PLACE(CUmemAllocationProp, type);
SAME_PLACE(CUmemAllocationProp, requestedHandleTypes);
SAME_PLACE(CUmemAllocationProp, location);
SAME_PLACE(CUmemAllocationProp, win32HandleMetaData);
SAME_PLACE(CUmemAllocationProp, allocFlags);
SAME_SIZE(CUmemAccessDesc);
SAME_PLACE(CUmemAccessDesc, location);
SAME_PLACE(CUmemAccessDesc, flags);

}  // namespace

int main() {
  return 0;
}

#else

#include <cstdio>

int main() {
  std::puts("not run: the CUDA toolkit's headers are not here");
  return 77;
}

#endif
