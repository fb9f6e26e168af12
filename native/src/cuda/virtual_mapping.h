// Memory of the virtual memory interface in the device's address space.
#pragma once

#include "driver.h"

namespace vram::cuda {

/// A physical handle and the range of addresses that it is mapped at, whole. Owns both.
class VirtualMapping {
 public:
  VirtualMapping(const Driver& driver, CUdevice device, CUmemGenericAllocationHandle handle)
      : driver_(driver), location_{CU_MEM_LOCATION_TYPE_DEVICE, device}, handle_(handle) {}
  /// Gives back what can be given back, where nobody is left to be told of a failure.
  ~VirtualMapping();
  VirtualMapping(const VirtualMapping&) = delete;
  VirtualMapping& operator=(const VirtualMapping&) = delete;

  /// What cuMemMap said of mapping that many bytes; nothing can be accessed yet.
  /// @throws Failure if there are no addresses for them
  CUresult map(std::uint64_t bytes);

  CUdeviceptr address() const { return address_; }
  std::uint64_t bytes() const { return bytes_; }
  CUmemGenericAllocationHandle handle() const { return handle_; }

  void set_access(CUmemAccess_flags flags);
  /// Asks for read-only access and believes only what the driver says that it did. Some cannot.
  void make_read_only();
  bool read_only() const { return access_ == CU_MEM_ACCESS_FLAGS_PROT_READ; }
  bool writable() const { return access_ == CU_MEM_ACCESS_FLAGS_PROT_READWRITE; }
  /// read_only as a fact: VRAM_UNKNOWN where a change of access failed.
  std::int32_t read_only_fact() const { return access_ == UNKNOWN_ACCESS ? VRAM_UNKNOWN : read_only(); }

  /// Forgets the handle; the mapping keeps the memory.
  void release_handle();
  /// After a failure what is left is still held, and calling again goes on there.
  void free();

 private:
  static constexpr int UNKNOWN_ACCESS = -1;

  const Driver& driver_;
  const CUmemLocation location_;
  CUmemGenericAllocationHandle handle_;
  bool has_handle_ = true;
  bool mapped_ = false;
  CUdeviceptr address_ = 0;
  std::uint64_t bytes_ = 0;
  int access_ = UNKNOWN_ACCESS;
};

/// `bytes` rounded up to what the device maps.
std::uint64_t round_to_granularity(const Driver& driver, CUdevice device, std::uint64_t bytes);

/// What memory on a device is made with.
CUmemAllocationProp device_properties(CUdevice device, CUmemAllocationHandleType handle_type);

}  // namespace vram::cuda
