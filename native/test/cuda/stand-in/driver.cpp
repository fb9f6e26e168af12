// The driver's functions, as far as the backend calls them. Each counts itself, and then behaves as cuda.h
// documents it, with memory of the host in place of a device's.
#include <fcntl.h>
#include <sys/mman.h>

#include <cstring>

#include "../../../bench/gpu/bench_functions.h"
#include "facts_file.h"
#include "kernels.h"
#include "machine.h"

namespace vram::stand_in {

namespace {

/// A function's beginning: the lock, the count, and what a fault makes of it.
#define ENTER()                              \
  Machine& machine = Machine::get();         \
  const std::lock_guard lock(machine.mutex); \
  if (const CUresult fault = machine.enter(__func__)) return fault

/// The same of a function that gives something back. What a lost device held is gone with it, whatever the
/// function answers; what nobody asks for is still held, and shows.
#define ENTER_RELEASE()                            \
  Machine& machine = Machine::get();               \
  const std::lock_guard lock(machine.mutex);       \
  const CUresult answer = machine.enter(__func__); \
  if (answer != CUDA_SUCCESS && !machine.lost.contains(current_device)) return answer

#define NEEDS_CONTEXT() \
  if (current_device < 0) return CUDA_ERROR_INVALID_CONTEXT

void* host_pointer(CUdeviceptr pointer) {
  return reinterpret_cast<void*>(pointer);
}

/// PTX, or what `fatbinary` puts together (fatbinary_section.h: FATBIN_MAGIC is of the wrapper, this of what it
/// points to).
bool is_kernel_image(const char* image) {
  constexpr std::uint32_t FAT_BINARY = 0xba55ed50;
  std::uint32_t magic = 0;
  std::memcpy(&magic, image, sizeof magic);
  return magic == FAT_BINARY || std::strstr(image, ".version") != nullptr;
}

CUresult cuInit(unsigned) {
  ENTER();
  if (machine.device_count() == 0) return CUDA_ERROR_NO_DEVICE;
  machine.initialised = true;
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
  ENTER();
  *version = 13000;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult result, const char** name) {
  // Not counted: it only words failures.
  switch (result) {
    case CUDA_ERROR_INVALID_VALUE:
      *name = "CUDA_ERROR_INVALID_VALUE";
      return CUDA_SUCCESS;
    case CUDA_ERROR_OUT_OF_MEMORY:
      *name = "CUDA_ERROR_OUT_OF_MEMORY";
      return CUDA_SUCCESS;
    case CUDA_ERROR_ECC_UNCORRECTABLE:
      *name = "CUDA_ERROR_ECC_UNCORRECTABLE";
      return CUDA_SUCCESS;
    case CUDA_ERROR_ILLEGAL_ADDRESS:
      *name = "CUDA_ERROR_ILLEGAL_ADDRESS";
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_INVALID_VALUE;
  }
}

CUresult cuDeviceGetCount(int* count) {
  ENTER();
  *count = machine.device_count();
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  ENTER();
  if (ordinal < 0 || ordinal >= machine.device_count()) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  ENTER();
  std::snprintf(name, static_cast<std::size_t>(length), "Stand-in device %d", device);
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid(CUuuid* uuid, CUdevice device) {
  ENTER();
  std::memset(uuid, 0, sizeof *uuid);
  std::memcpy(uuid->bytes, "stand-in", 8);
  uuid->bytes[15] = static_cast<unsigned char>(device);
  return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem(std::size_t* bytes, CUdevice) {
  ENTER();
  if (!told_fact("total_bytes", 1)) return CUDA_ERROR_INVALID_VALUE;
  *bytes = machine.total_bytes();
  return CUDA_SUCCESS;
}

std::optional<long long> attribute_fact(CUdevice_attribute attribute) {
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      return told_fact("multiprocessors", 1);
    case CU_DEVICE_ATTRIBUTE_INTEGRATED:
      return told_fact("integrated", 0);
    case CU_DEVICE_ATTRIBUTE_ECC_ENABLED:
      return told_fact("ecc_enabled", 1);
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
      return told_fact("compute_capability_major", 9);
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
      return told_fact("compute_capability_minor", 0);
    case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
      return told_fact("managed_memory", 1);
    case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS:
      return told_fact("pageable_memory_access", 0);
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS:
      return told_fact("concurrent_managed_access", 1);
    case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES:
      return told_fact("pageable_uses_host_page_tables", 0);
    case CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED:
      return told_fact("virtual_memory", 1);
    case CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED:
      return told_fact("file_descriptors", 1);
    case CU_DEVICE_ATTRIBUTE_MPS_ENABLED:
      return told_fact("mps", 0);
    default:
      return {};
  }
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  ENTER();
  const std::optional<long long> fact = attribute_fact(attribute);
  if (!fact) return CUDA_ERROR_INVALID_VALUE;
  *value = static_cast<int>(*fact);
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  ENTER();
  machine.contexts[device]++;
  // Any address but null, which differs between devices.
  *context = reinterpret_cast<CUcontext>(static_cast<std::uintptr_t>(device) + 1);
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  ENTER_RELEASE();
  if (machine.contexts[device] == 0) return CUDA_ERROR_INVALID_CONTEXT;
  machine.contexts[device]--;
  return answer;
}

CUresult cuCtxSetCurrent(CUcontext context) {
  ENTER();
  current_device = static_cast<int>(reinterpret_cast<std::uintptr_t>(context)) - 1;
  return CUDA_SUCCESS;
}

CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  ENTER();
  NEEDS_CONTEXT();
  *least = 0;
  *greatest = -5;
  return CUDA_SUCCESS;
}

CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int priority) {
  ENTER();
  NEEDS_CONTEXT();
  if (flags != CU_STREAM_NON_BLOCKING || priority > 0 || priority < -5) return CUDA_ERROR_INVALID_VALUE;
  auto made = std::make_unique<Stream>(Stream{current_device, {}});
  *stream = reinterpret_cast<CUstream>(made.get());
  machine.streams.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

Stream* find_stream(Machine& machine, CUstream stream) {
  const auto found = machine.streams.find(reinterpret_cast<Stream*>(stream));
  return found == machine.streams.end() ? nullptr : found->first;
}

CUresult cuStreamSynchronize(CUstream handle) {
  ENTER();
  Stream* stream = find_stream(machine, handle);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  return machine.run(*stream, stream->work.size());
}

CUresult cuStreamDestroy(CUstream handle) {
  ENTER_RELEASE();
  Stream* stream = find_stream(machine, handle);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  const CUresult result = machine.run(*stream, stream->work.size());
  for (auto& [event, owned] : machine.events) {
    if (event->stream == stream) event->stream = nullptr;
  }
  machine.streams.erase(stream);
  return answer == CUDA_SUCCESS ? result : answer;
}

CUresult cuEventCreate(CUevent* event, unsigned) {
  ENTER();
  NEEDS_CONTEXT();
  auto made = std::make_unique<Event>();
  *event = reinterpret_cast<CUevent>(made.get());
  machine.events.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

Event* find_event(Machine& machine, CUevent event) {
  const auto found = machine.events.find(reinterpret_cast<Event*>(event));
  return found == machine.events.end() ? nullptr : found->first;
}

CUresult cuEventRecord(CUevent handle, CUstream on) {
  ENTER();
  Event* event = find_event(machine, handle);
  Stream* stream = find_stream(machine, on);
  if (event == nullptr || stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  event->stream = stream;
  event->before = stream->work.size();
  return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent handle) {
  ENTER();
  Event* event = find_event(machine, handle);
  if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  return event->stream == nullptr ? CUDA_SUCCESS : machine.run(*event->stream, event->before);
}

CUresult cuEventDestroy(CUevent handle) {
  ENTER_RELEASE();
  Event* event = find_event(machine, handle);
  if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  machine.events.erase(event);
  return answer;
}

CUresult cuMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  ENTER();
  NEEDS_CONTEXT();
  *free_bytes = machine.free_bytes(current_device);
  *total_bytes = machine.total_bytes();
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc(CUdeviceptr* pointer, std::size_t bytes) {
  ENTER();
  NEEDS_CONTEXT();
  if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  if (bytes > machine.free_bytes(current_device)) return CUDA_ERROR_OUT_OF_MEMORY;
  auto physical = std::make_shared<Physical>(current_device, bytes);
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, physical->descriptor, 0);
  if (address == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  *pointer = reinterpret_cast<CUdeviceptr>(address);
  machine.mappings[*pointer] = {bytes, physical, CU_MEM_ACCESS_FLAGS_PROT_READWRITE, true};
  return CUDA_SUCCESS;
}

CUresult cuMemFree(CUdeviceptr pointer) {
  ENTER_RELEASE();
  NEEDS_CONTEXT();
  const auto found = machine.mappings.find(pointer);
  if (found == machine.mappings.end() || !found->second.plain) return CUDA_ERROR_INVALID_VALUE;
  machine.run_all(current_device);
  munmap(host_pointer(pointer), found->second.bytes);
  machine.mappings.erase(found);
  return answer;
}

/// The mapping that an address lies in; the end if there is none.
auto find_mapping(Machine& machine, CUdeviceptr pointer) {
  if (!machine.accessible(pointer, 1, 0)) return machine.mappings.end();
  return std::prev(machine.mappings.upper_bound(pointer));
}

CUresult cuMemGetAddressRange(CUdeviceptr* base, std::size_t* bytes, CUdeviceptr pointer) {
  ENTER();
  const auto found = find_mapping(machine, pointer);
  if (found == machine.mappings.end()) return CUDA_ERROR_NOT_FOUND;
  *base = found->first;
  *bytes = found->second.bytes;
  return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void** pointer, std::size_t bytes, unsigned) {
  ENTER();
  NEEDS_CONTEXT();
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  machine.host[address] = bytes;
  *pointer = address;
  return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void* pointer) {
  ENTER_RELEASE();
  NEEDS_CONTEXT();
  const auto found = machine.host.find(pointer);
  if (found == machine.host.end()) return CUDA_ERROR_INVALID_VALUE;
  machine.run_all(current_device);
  munmap(pointer, found->second);
  machine.host.erase(found);
  return answer;
}

bool is_on_device(const CUmemAllocationProp& properties) {
  return properties.type == CU_MEM_ALLOCATION_TYPE_PINNED &&
         properties.location.type == CU_MEM_LOCATION_TYPE_DEVICE;
}

CUresult cuMemGetAllocationGranularity(std::size_t* bytes, const CUmemAllocationProp* properties,
                                       CUmemAllocationGranularity_flags) {
  ENTER();
  if (!is_on_device(*properties)) return CUDA_ERROR_INVALID_VALUE;
  *bytes = GRANULARITY;
  return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr* pointer, std::size_t bytes, std::size_t, CUdeviceptr,
                             unsigned long long) {
  ENTER();
  if (bytes == 0 || bytes % GRANULARITY != 0) return CUDA_ERROR_INVALID_VALUE;
  void* address = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  *pointer = reinterpret_cast<CUdeviceptr>(address);
  machine.reservations[*pointer] = bytes;
  return CUDA_SUCCESS;
}

CUresult cuMemAddressFree(CUdeviceptr pointer, std::size_t bytes) {
  ENTER_RELEASE();
  const auto found = machine.reservations.find(pointer);
  if (found == machine.reservations.end() || found->second != bytes || machine.mappings.contains(pointer)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  munmap(host_pointer(pointer), bytes);
  machine.reservations.erase(found);
  return answer;
}

CUresult cuMemCreate(CUmemGenericAllocationHandle* handle, std::size_t bytes,
                     const CUmemAllocationProp* properties, unsigned long long) {
  ENTER();
  if (bytes == 0 || bytes % GRANULARITY != 0 || !is_on_device(*properties)) return CUDA_ERROR_INVALID_VALUE;
  const int device = properties->location.id;
  if (bytes > machine.free_bytes(device)) return CUDA_ERROR_OUT_OF_MEMORY;
  auto physical = std::make_shared<Physical>(device, bytes);
  if (physical->descriptor < 0) return CUDA_ERROR_OUT_OF_MEMORY;
  physical->exportable = properties->requestedHandleTypes == CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  *handle = machine.next_handle++;
  machine.handles[*handle] = physical;
  return CUDA_SUCCESS;
}

CUresult cuMemExportToShareableHandle(void* shared, CUmemGenericAllocationHandle handle,
                                      CUmemAllocationHandleType type, unsigned long long) {
  ENTER();
  const auto found = machine.handles.find(handle);
  if (found == machine.handles.end() || !found->second->exportable ||
      type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  // Inherited by programs: whether it is, is left to the caller to say.
  const int descriptor = fcntl(found->second->descriptor, F_DUPFD, 0);
  if (descriptor < 0) return CUDA_ERROR_OUT_OF_MEMORY;
  *static_cast<int*>(shared) = descriptor;
  return CUDA_SUCCESS;
}

CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle* handle, void* shared,
                                        CUmemAllocationHandleType type) {
  ENTER();
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_INVALID_VALUE;
  auto physical = import_physical(static_cast<int>(reinterpret_cast<std::intptr_t>(shared)));
  if (physical == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *handle = machine.next_handle++;
  machine.handles[*handle] = std::move(physical);
  return CUDA_SUCCESS;
}

CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
  ENTER_RELEASE();
  return machine.handles.erase(handle) == 1 ? answer : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemMap(CUdeviceptr pointer, std::size_t bytes, std::size_t offset,
                  CUmemGenericAllocationHandle handle, unsigned long long) {
  ENTER();
  const auto reserved = machine.reservations.find(pointer);
  const auto found = machine.handles.find(handle);
  if (reserved == machine.reservations.end() || found == machine.handles.end() || offset != 0 ||
      bytes != reserved->second || bytes != found->second->bytes || machine.mappings.contains(pointer)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  void* address =
      mmap(host_pointer(pointer), bytes, PROT_NONE, MAP_SHARED | MAP_FIXED, found->second->descriptor, 0);
  if (address == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  machine.mappings[pointer] = {bytes, found->second, CU_MEM_ACCESS_FLAGS_PROT_NONE, false};
  return CUDA_SUCCESS;
}

CUresult cuMemUnmap(CUdeviceptr pointer, std::size_t bytes) {
  ENTER_RELEASE();
  const auto found = machine.mappings.find(pointer);
  if (found == machine.mappings.end() || found->second.plain || found->second.bytes != bytes ||
      !machine.idle(pointer, bytes)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  mmap(host_pointer(pointer), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
       0);
  machine.mappings.erase(found);
  return answer;
}

CUresult cuMemSetAccess(CUdeviceptr pointer, std::size_t bytes, const CUmemAccessDesc* descriptions,
                        std::size_t count) {
  ENTER();
  const auto found = machine.mappings.find(pointer);
  if (found == machine.mappings.end() || found->second.plain || found->second.bytes != bytes || count != 1 ||
      !machine.idle(pointer, bytes)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const CUmemAccess_flags flags = descriptions->flags;
  if (flags == CU_MEM_ACCESS_FLAGS_PROT_READ && fact("read_only_access", 1) == 0)
    return CUDA_ERROR_NOT_SUPPORTED;
  const int protection = (flags & 1 ? PROT_READ : 0) | (flags & 2 ? PROT_WRITE : 0);
  if (mprotect(host_pointer(pointer), bytes, protection) != 0) return CUDA_ERROR_UNKNOWN;
  found->second.access = flags;
  return CUDA_SUCCESS;
}

CUresult cuMemGetAccess(unsigned long long* flags, const CUmemLocation*, CUdeviceptr pointer) {
  ENTER();
  const auto found = machine.mappings.find(pointer);
  if (found == machine.mappings.end()) return CUDA_ERROR_INVALID_VALUE;
  *flags = static_cast<unsigned long long>(found->second.access);
  return CUDA_SUCCESS;
}

CUresult cuPointerGetAttribute(void* data, CUpointer_attribute attribute, CUdeviceptr pointer) {
  ENTER();
  const auto found = find_mapping(machine, pointer);
  if (found == machine.mappings.end()) return CUDA_ERROR_INVALID_VALUE;
  const Mapping& mapping = found->second;
  std::optional<long long> value;
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
      value = told_fact("memory_type", CU_MEMORYTYPE_DEVICE);
      break;
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
      value = told_fact("is_managed", 0);
      break;
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
      value = mapping.physical->device;
      break;
    case CU_POINTER_ATTRIBUTE_MAPPED:
      value = told_fact("mapped", 1);
      break;
    case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
      value = told_fact("access_flags", mapping.access);
      break;
    default:
      break;
  }
  if (!value) return CUDA_ERROR_INVALID_VALUE;
  const int narrow = static_cast<int>(*value);
  std::memcpy(data, &narrow, sizeof narrow);
  return CUDA_SUCCESS;
}

CUresult cuMemcpyHtoDAsync(CUdeviceptr to, const void* from, std::size_t bytes, CUstream on) {
  ENTER();
  Stream* stream = find_stream(machine, on);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!machine.is_pinned(from, bytes) || !machine.accessible(to, bytes, 2)) return CUDA_ERROR_INVALID_VALUE;
  stream->work.push_back({to, bytes, [&machine, to, from, bytes] {
                            if (!machine.is_pinned(from, bytes) || !machine.accessible(to, bytes, 2))
                              return CUDA_ERROR_ILLEGAL_ADDRESS;
                            std::memcpy(host_pointer(to), from, bytes);
                            return CUDA_SUCCESS;
                          }});
  return CUDA_SUCCESS;
}

CUresult cuMemcpyDtoHAsync(void* to, CUdeviceptr from, std::size_t bytes, CUstream on) {
  ENTER();
  Stream* stream = find_stream(machine, on);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!machine.is_pinned(to, bytes) || !machine.accessible(from, bytes, 1)) return CUDA_ERROR_INVALID_VALUE;
  stream->work.push_back({from, bytes, [&machine, to, from, bytes] {
                            if (!machine.is_pinned(to, bytes) || !machine.accessible(from, bytes, 1))
                              return CUDA_ERROR_ILLEGAL_ADDRESS;
                            std::memcpy(to, host_pointer(from), bytes);
                            return CUDA_SUCCESS;
                          }});
  return CUDA_SUCCESS;
}

CUresult cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream on) {
  ENTER();
  Stream* stream = find_stream(machine, on);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!machine.accessible(to, bytes, 2) || !machine.accessible(from, bytes, 1))
    return CUDA_ERROR_INVALID_VALUE;
  stream->work.push_back({to, bytes, [&machine, to, from, bytes] {
                            if (!machine.accessible(to, bytes, 2) || !machine.accessible(from, bytes, 1))
                              return CUDA_ERROR_ILLEGAL_ADDRESS;
                            std::memcpy(host_pointer(to), host_pointer(from), bytes);
                            return CUDA_SUCCESS;
                          }});
  return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, std::size_t bytes, CUstream on) {
  ENTER();
  Stream* stream = find_stream(machine, on);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!machine.accessible(to, bytes, 2)) return CUDA_ERROR_INVALID_VALUE;
  stream->work.push_back({to, bytes, [&machine, to, value, bytes] {
                            if (!machine.accessible(to, bytes, 2)) return CUDA_ERROR_ILLEGAL_ADDRESS;
                            std::memset(host_pointer(to), value, bytes);
                            return CUDA_SUCCESS;
                          }});
  return CUDA_SUCCESS;
}

CUresult cuModuleLoadData(CUmodule* module, const void* image) {
  ENTER();
  NEEDS_CONTEXT();
  if (!is_kernel_image(static_cast<const char*>(image))) return CUDA_ERROR_INVALID_IMAGE;
  auto* made = new int(0);
  machine.modules.insert(made);
  *module = reinterpret_cast<CUmodule>(made);
  return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
  ENTER_RELEASE();
  auto* made = reinterpret_cast<int*>(module);
  if (machine.modules.erase(made) != 1) return CUDA_ERROR_INVALID_HANDLE;
  machine.run_all(current_device);
  delete made;
  return answer;
}

CUresult cuModuleGetFunction(CUfunction* function, CUmodule, const char* name) {
  ENTER();
  const Kernel* kernel = find_kernel(name);
  if (kernel == nullptr) return CUDA_ERROR_NOT_FOUND;
  *function = reinterpret_cast<CUfunction>(const_cast<Kernel*>(kernel));
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                        unsigned blockY, unsigned blockZ, unsigned, CUstream on, void** parameters, void**) {
  ENTER();
  Stream* stream = find_stream(machine, on);
  const auto* kernel = reinterpret_cast<const Kernel*>(function);
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (gridX == 0 || gridY * gridZ != 1 || blockX != kernel->threads || blockY * blockZ != 1) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const auto* bytes = static_cast<const unsigned char*>(parameters[0]);
  std::vector<unsigned char> arguments(bytes, bytes + kernel->argument_bytes);
  stream->work.push_back({0, 0, [kernel, gridX, arguments = std::move(arguments)] {
                            return kernel->run(gridX, arguments.data());
                          }});
  return CUDA_SUCCESS;
}

/// The function of that name, if the driver had it in the version that is asked for.
void* find(const char* name, int version) {
#define VRAM_FIND(NAME, INTRODUCED, PARAMETERS) \
  if (std::strcmp(name, #NAME) == 0) return version >= INTRODUCED ? reinterpret_cast<void*>(&NAME) : nullptr;
  VRAM_CUDA_DRIVER_FUNCTIONS(VRAM_FIND)
  VRAM_BENCH_DRIVER_FUNCTIONS(VRAM_FIND)
#undef VRAM_FIND
  return nullptr;
}

}  // namespace

}  // namespace vram::stand_in

#ifdef VRAM_STAND_IN_OLD_LOOKUP
/// As CUDA 11.3 had it.
extern "C" __attribute__((visibility("default"))) int cuGetProcAddress(const char* name, void** function,
                                                                       int version, std::uint64_t) {
  *function = vram::stand_in::find(name, version);
  return *function == nullptr ? vram::cuda::CUDA_ERROR_NOT_FOUND : vram::cuda::CUDA_SUCCESS;
}
#else
extern "C" __attribute__((visibility("default"))) int cuGetProcAddress_v2(const char* name, void** function,
                                                                          int version, std::uint64_t,
                                                                          int* found) {
  *function = vram::stand_in::find(name, version);
  *found = *function == nullptr ? 1 : 0;
  return *function == nullptr ? vram::cuda::CUDA_ERROR_NOT_FOUND : vram::cuda::CUDA_SUCCESS;
}
#endif
