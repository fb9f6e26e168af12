// The part of the CUDA driver's interface that is used here: own declarations, so that building needs no
// toolkit. `test/cuda/driver_api_test.cpp` compares them with cuda.h where that is present.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vram::cuda {

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = std::uint64_t;
using CUmemGenericAllocationHandle = std::uint64_t;
using CUcontext = struct CUctx_st*;
using CUstream = struct CUstream_st*;
using CUevent = struct CUevent_st*;
using CUmodule = struct CUmod_st*;
using CUfunction = struct CUfunc_st*;

struct CUuuid {
  unsigned char bytes[16];
};

enum : CUresult {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_DEINITIALIZED = 4,
  CUDA_ERROR_STUB_LIBRARY = 34,
  CUDA_ERROR_DEVICE_UNAVAILABLE = 46,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_ECC_UNCORRECTABLE = 214,
  CUDA_ERROR_NVLINK_UNCORRECTABLE = 220,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
  CUDA_ERROR_CONTAINED = 226,
  CUDA_ERROR_INVALID_SOURCE = 300,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_TIMEOUT = 702,
  CUDA_ERROR_CONTEXT_IS_DESTROYED = 709,
  CUDA_ERROR_ASSERT = 710,
  CUDA_ERROR_HARDWARE_STACK_ERROR = 714,
  CUDA_ERROR_ILLEGAL_INSTRUCTION = 715,
  CUDA_ERROR_MISALIGNED_ADDRESS = 716,
  CUDA_ERROR_INVALID_ADDRESS_SPACE = 717,
  CUDA_ERROR_INVALID_PC = 718,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_TENSOR_MEMORY_LEAK = 721,
  CUDA_ERROR_NOT_PERMITTED = 800,
  CUDA_ERROR_NOT_SUPPORTED = 801,
  CUDA_ERROR_MPS_CLIENT_TERMINATED = 810,
  CUDA_ERROR_EXTERNAL_DEVICE = 911,
  CUDA_ERROR_UNKNOWN = 999,
};

enum CUdevice_attribute : int {
  CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
  CU_DEVICE_ATTRIBUTE_INTEGRATED = 18,
  CU_DEVICE_ATTRIBUTE_ECC_ENABLED = 32,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
  CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY = 83,
  CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS = 88,
  CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS = 89,
  CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES = 100,
  CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED = 102,
  CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED = 103,
  CU_DEVICE_ATTRIBUTE_MPS_ENABLED = 133,
};

enum CUpointer_attribute : int {
  CU_POINTER_ATTRIBUTE_MEMORY_TYPE = 2,
  CU_POINTER_ATTRIBUTE_IS_MANAGED = 8,
  CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL = 9,
  CU_POINTER_ATTRIBUTE_MAPPED = 13,
  CU_POINTER_ATTRIBUTE_ACCESS_FLAGS = 16,
};

enum CUmemorytype : int {
  CU_MEMORYTYPE_HOST = 1,
  CU_MEMORYTYPE_DEVICE = 2,
  CU_MEMORYTYPE_UNIFIED = 4,
};

enum CUmemAllocationType : int { CU_MEM_ALLOCATION_TYPE_PINNED = 1 };

enum CUmemAllocationHandleType : int {
  CU_MEM_HANDLE_TYPE_NONE = 0,
  CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR = 1,
};

enum CUmemLocationType : int { CU_MEM_LOCATION_TYPE_DEVICE = 1 };

enum CUmemAccess_flags : int {
  CU_MEM_ACCESS_FLAGS_PROT_NONE = 0,
  CU_MEM_ACCESS_FLAGS_PROT_READ = 1,
  CU_MEM_ACCESS_FLAGS_PROT_READWRITE = 3,
};

enum CUmemAllocationGranularity_flags : int { CU_MEM_ALLOC_GRANULARITY_MINIMUM = 0 };

struct CUmemLocation {
  CUmemLocationType type;
  int id;
};

struct CUmemAllocationProp {
  CUmemAllocationType type;
  CUmemAllocationHandleType requestedHandleTypes;
  CUmemLocation location;
  void* win32HandleMetaData;
  struct {
    unsigned char compressionType;
    unsigned char gpuDirectRDMACapable;
    unsigned short usage;
    unsigned char reserved[4];
  } allocFlags;
};

struct CUmemAccessDesc {
  CUmemLocation location;
  CUmemAccess_flags flags;
};

/// What CU_POINTER_ATTRIBUTE_ACCESS_FLAGS tells.
enum CUpointer_access_flag : unsigned {
  CU_POINTER_ATTRIBUTE_ACCESS_FLAG_NONE = 0,
  CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READ = 1,
  CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READWRITE = 3,
};

enum : unsigned {
  CU_STREAM_NON_BLOCKING = 1,
  CU_EVENT_DISABLE_TIMING = 2,
  CU_GET_PROC_ADDRESS_DEFAULT = 0,
};

/**
 * Every function that is called: X(name, version, parameters). The version is that of the ABI which the
 * declaration belongs to (`PFN_<name>_v<version>` in cudaTypedefs.h), not the toolkit's: a driver hands out
 * the function as it was then, however new the driver is.
 */
#define VRAM_CUDA_DRIVER_FUNCTIONS(X)                                                                       \
  X(cuInit, 2000, (unsigned flags))                                                                         \
  X(cuDriverGetVersion, 2020, (int* version))                                                               \
  X(cuGetErrorName, 6000, (CUresult result, const char** name))                                             \
  X(cuDeviceGetCount, 2000, (int* count))                                                                   \
  X(cuDeviceGet, 2000, (CUdevice * device, int ordinal))                                                    \
  X(cuDeviceGetName, 2000, (char* name, int length, CUdevice device))                                       \
  X(cuDeviceGetUuid, 11040, (CUuuid * uuid, CUdevice device))                                               \
  X(cuDeviceTotalMem, 3020, (std::size_t * bytes, CUdevice device))                                         \
  X(cuDeviceGetAttribute, 2000, (int* value, CUdevice_attribute attribute, CUdevice device))                \
  X(cuDevicePrimaryCtxRetain, 7000, (CUcontext * context, CUdevice device))                                 \
  X(cuDevicePrimaryCtxRelease, 11000, (CUdevice device))                                                    \
  X(cuCtxSetCurrent, 4000, (CUcontext context))                                                             \
  X(cuCtxGetStreamPriorityRange, 5050, (int* least, int* greatest))                                         \
  X(cuStreamCreateWithPriority, 5050, (CUstream * stream, unsigned flags, int priority))                    \
  X(cuStreamSynchronize, 2000, (CUstream stream))                                                           \
  X(cuStreamDestroy, 4000, (CUstream stream))                                                               \
  X(cuEventCreate, 2000, (CUevent * event, unsigned flags))                                                 \
  X(cuEventRecord, 2000, (CUevent event, CUstream stream))                                                  \
  X(cuEventSynchronize, 2000, (CUevent event))                                                              \
  X(cuEventDestroy, 4000, (CUevent event))                                                                  \
  X(cuMemGetInfo, 3020, (std::size_t * freeBytes, std::size_t * totalBytes))                                \
  X(cuMemAlloc, 3020, (CUdeviceptr * pointer, std::size_t bytes))                                           \
  X(cuMemFree, 3020, (CUdeviceptr pointer))                                                                 \
  X(cuMemGetAddressRange, 3020, (CUdeviceptr * base, std::size_t * bytes, CUdeviceptr pointer))             \
  X(cuMemHostAlloc, 2020, (void** pointer, std::size_t bytes, unsigned flags))                              \
  X(cuMemFreeHost, 2000, (void* pointer))                                                                   \
  X(cuMemGetAllocationGranularity, 10020,                                                                   \
    (std::size_t * bytes, const CUmemAllocationProp* properties, CUmemAllocationGranularity_flags flags))   \
  X(cuMemAddressReserve, 10020,                                                                             \
    (CUdeviceptr * pointer, std::size_t bytes, std::size_t alignment, CUdeviceptr address,                  \
     unsigned long long flags))                                                                             \
  X(cuMemAddressFree, 10020, (CUdeviceptr pointer, std::size_t bytes))                                      \
  X(cuMemCreate, 10020,                                                                                     \
    (CUmemGenericAllocationHandle * handle, std::size_t bytes, const CUmemAllocationProp* properties,       \
     unsigned long long flags))                                                                             \
  X(cuMemExportToShareableHandle, 10020,                                                                    \
    (void* shared, CUmemGenericAllocationHandle handle, CUmemAllocationHandleType type,                     \
     unsigned long long flags))                                                                             \
  X(cuMemImportFromShareableHandle, 10020,                                                                  \
    (CUmemGenericAllocationHandle * handle, void* shared, CUmemAllocationHandleType type))                  \
  X(cuMemRelease, 10020, (CUmemGenericAllocationHandle handle))                                             \
  X(cuMemMap, 10020,                                                                                        \
    (CUdeviceptr pointer, std::size_t bytes, std::size_t offset, CUmemGenericAllocationHandle handle,       \
     unsigned long long flags))                                                                             \
  X(cuMemUnmap, 10020, (CUdeviceptr pointer, std::size_t bytes))                                            \
  X(cuMemSetAccess, 10020,                                                                                  \
    (CUdeviceptr pointer, std::size_t bytes, const CUmemAccessDesc* descriptions, std::size_t count))       \
  X(cuMemGetAccess, 10020, (unsigned long long* flags, const CUmemLocation* location, CUdeviceptr pointer)) \
  X(cuPointerGetAttribute, 4000, (void* data, CUpointer_attribute attribute, CUdeviceptr pointer))          \
  X(cuMemcpyHtoDAsync, 3020, (CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream))        \
  X(cuMemcpyDtoHAsync, 3020, (void* to, CUdeviceptr from, std::size_t bytes, CUstream stream))              \
  X(cuMemsetD8Async, 3020, (CUdeviceptr to, unsigned char value, std::size_t bytes, CUstream stream))       \
  X(cuModuleLoadData, 2000, (CUmodule * module, const void* image))                                         \
  X(cuModuleUnload, 2000, (CUmodule module))                                                                \
  X(cuModuleGetFunction, 2000, (CUfunction * function, CUmodule module, const char* name))                  \
  X(cuLaunchKernel, 4000,                                                                                   \
    (CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, \
     unsigned blockZ, unsigned sharedBytes, CUstream stream, void** parameters, void** extra))

}  // namespace vram::cuda
