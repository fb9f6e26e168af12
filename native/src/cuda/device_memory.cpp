#include "device_memory.h"

namespace vram::cuda {

namespace {

/// Memory by cuMemAlloc, which cannot be protected.
class PlainMemory final : public DeviceMemory {
 public:
  PlainMemory(const Driver& driver, std::uint64_t bytes) : DeviceMemory(driver, bytes) {
    driver.cuMemAlloc(&address_, bytes);
    allocated_bytes_ = bytes;
  }

  ~PlainMemory() override {
    if (address_ != 0) driver_.cuMemFree.call(address_);
  }

  bool read_only() const override { return false; }
  void protect() override {}
  void unprotect() override {}

  void free() override {
    if (address_ != 0) driver_.cuMemFree.release(address_);
    address_ = 0;
  }

  /// Whether other code of this process makes a legacy IPC handle of it is not known, so neither are the last
  /// two facts.
  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe_pointer(driver_, address_);
    facts.read_only = 0;
    facts.virtual_memory = 0;
    return facts;
  }
};

/// Memory by the virtual memory interface. Its physical handle is released once it is mapped, so that no
/// second mapping of it can be made, and this one decides about access alone.
class VirtualMemory final : public DeviceMemory {
 public:
  VirtualMemory(const Driver& driver, CUdevice device, std::uint64_t bytes) : DeviceMemory(driver, bytes) {
    location_ = {CU_MEM_LOCATION_TYPE_DEVICE, device};
    CUmemAllocationProp properties{};
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_NONE;
    properties.location = location_;
    std::size_t granularity = 0;
    driver.cuMemGetAllocationGranularity(&granularity, &properties, CU_MEM_ALLOC_GRANULARITY_MINIMUM);
    allocated_bytes_ = (bytes + granularity - 1) / granularity * granularity;
    try {
      driver.cuMemCreate(&handle_, allocated_bytes_, &properties, 0);
      has_handle_ = true;
      driver.cuMemAddressReserve(&address_, allocated_bytes_, 0, 0, 0);
      driver.cuMemMap(address_, allocated_bytes_, 0, handle_, 0);
      mapped_ = true;
      set_access(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
      driver.cuMemRelease.release(handle_);
      has_handle_ = false;
    } catch (...) {
      abandon();
      throw;
    }
  }

  ~VirtualMemory() override { abandon(); }

  bool read_only() const override { return access_ == CU_MEM_ACCESS_FLAGS_PROT_READ; }

  void protect() override {
    const CUmemAccessDesc description{location_, CU_MEM_ACCESS_FLAGS_PROT_READ};
    access_ = UNKNOWN_ACCESS;
    const CUresult result = driver_.cuMemSetAccess.call(address_, allocated_bytes_, &description, 1);
    const bool refused = result == CUDA_ERROR_NOT_SUPPORTED || result == CUDA_ERROR_INVALID_VALUE;
    if (result != CUDA_SUCCESS && !refused) driver_.cuMemSetAccess.fail(result);
    // Only what the driver says that it did counts.
    unsigned long long flags = 0;
    driver_.cuMemGetAccess(&flags, &location_, address_);
    access_ = static_cast<int>(flags);
  }

  void unprotect() override {
    if (access_ != CU_MEM_ACCESS_FLAGS_PROT_READWRITE) set_access(CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
  }

  void free() override {
    if (mapped_) driver_.cuMemUnmap.release(address_, allocated_bytes_);
    mapped_ = false;
    if (has_handle_) driver_.cuMemRelease.release(handle_);
    has_handle_ = false;
    if (address_ != 0) driver_.cuMemAddressFree.release(address_, allocated_bytes_);
    address_ = 0;
  }

  vram_allocation_facts facts() const override {
    vram_allocation_facts facts = observe_pointer(driver_, address_);
    facts.read_only = access_ == UNKNOWN_ACCESS ? VRAM_UNKNOWN : read_only();
    facts.exportable = 0;
    facts.exclusive = 1;
    facts.virtual_memory = 1;
    return facts;
  }

 private:
  static constexpr int UNKNOWN_ACCESS = -1;

  void set_access(CUmemAccess_flags flags) {
    const CUmemAccessDesc description{location_, flags};
    access_ = UNKNOWN_ACCESS;
    driver_.cuMemSetAccess(address_, allocated_bytes_, &description, 1);
    access_ = flags;
  }

  /// Gives back what can be given back, where nobody is left to be told of a failure.
  void abandon() {
    if (mapped_) driver_.cuMemUnmap.call(address_, allocated_bytes_);
    if (has_handle_) driver_.cuMemRelease.call(handle_);
    if (address_ != 0) driver_.cuMemAddressFree.call(address_, allocated_bytes_);
  }

  CUmemLocation location_{};
  CUmemGenericAllocationHandle handle_ = 0;
  bool has_handle_ = false;
  bool mapped_ = false;
  int access_ = UNKNOWN_ACCESS;
};

}  // namespace

std::unique_ptr<DeviceMemory> DeviceMemory::allocate(const Driver& driver, CUdevice device,
                                                     std::uint64_t bytes) {
  std::size_t total_bytes = 0;
  driver.cuDeviceTotalMem(&total_bytes, device);
  // Rounding up what no device has could overflow.
  if (bytes > total_bytes) throw Failure(VRAM_DEVICE_OUT_OF_MEMORY, "More was asked for than the device has");
  int has_virtual_memory = 0;
  driver.cuDeviceGetAttribute(&has_virtual_memory, CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED,
                              device);
  if (has_virtual_memory != 0) return std::make_unique<VirtualMemory>(driver, device, bytes);
  return std::make_unique<PlainMemory>(driver, bytes);
}

}  // namespace vram::cuda
