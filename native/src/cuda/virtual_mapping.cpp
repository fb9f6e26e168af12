#include "virtual_mapping.h"

namespace vram::cuda {

VirtualMapping::~VirtualMapping() {
  if (mapped_) driver_.cuMemUnmap.call(address_, bytes_);
  if (has_handle_) driver_.cuMemRelease.call(handle_);
  if (address_ != 0) driver_.cuMemAddressFree.call(address_, bytes_);
}

CUresult VirtualMapping::map(std::uint64_t bytes) {
  driver_.cuMemAddressReserve(&address_, bytes, 0, 0, 0);
  bytes_ = bytes;
  const CUresult result = driver_.cuMemMap.call(address_, bytes_, 0, handle_, 0);
  mapped_ = result == CUDA_SUCCESS;
  return result;
}

void VirtualMapping::set_access(CUmemAccess_flags flags) {
  const CUmemAccessDesc description{location_, flags};
  access_ = UNKNOWN_ACCESS;
  driver_.cuMemSetAccess(address_, bytes_, &description, 1);
  access_ = flags;
}

void VirtualMapping::make_read_only() {
  const CUmemAccessDesc description{location_, CU_MEM_ACCESS_FLAGS_PROT_READ};
  access_ = UNKNOWN_ACCESS;
  const CUresult result = driver_.cuMemSetAccess.call(address_, bytes_, &description, 1);
  const bool refused = result == CUDA_ERROR_NOT_SUPPORTED || result == CUDA_ERROR_INVALID_VALUE;
  if (result != CUDA_SUCCESS && !refused) driver_.cuMemSetAccess.fail(result);
  unsigned long long flags = 0;
  driver_.cuMemGetAccess(&flags, &location_, address_);
  access_ = static_cast<int>(flags);
}

void VirtualMapping::release_handle() {
  if (has_handle_) driver_.cuMemRelease.release(handle_);
  has_handle_ = false;
}

void VirtualMapping::free() {
  if (mapped_) driver_.cuMemUnmap.release(address_, bytes_);
  mapped_ = false;
  release_handle();
  if (address_ != 0) driver_.cuMemAddressFree.release(address_, bytes_);
  address_ = 0;
}

std::uint64_t round_to_granularity(const Driver& driver, CUdevice device, std::uint64_t bytes) {
  const CUmemAllocationProp properties = device_properties(device, CU_MEM_HANDLE_TYPE_NONE);
  std::size_t granularity = 0;
  driver.cuMemGetAllocationGranularity(&granularity, &properties, CU_MEM_ALLOC_GRANULARITY_MINIMUM);
  return (bytes + granularity - 1) / granularity * granularity;
}

CUmemAllocationProp device_properties(CUdevice device, CUmemAllocationHandleType handle_type) {
  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.requestedHandleTypes = handle_type;
  properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, device};
  return properties;
}

}  // namespace vram::cuda
